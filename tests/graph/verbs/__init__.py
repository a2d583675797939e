"""Every verb of the calls API, against the emulator over HTTPS."""
