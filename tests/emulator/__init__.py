"""The emulator, met as a bot meets Graph: over HTTPS, with tokens from its own authority."""
