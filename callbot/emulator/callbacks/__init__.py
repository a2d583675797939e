"""How the emulator tells a bot: the shapes of notifications and the callbacks that carry them."""
