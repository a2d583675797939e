"""The control API: what a developer does to the emulated world over HTTP."""
