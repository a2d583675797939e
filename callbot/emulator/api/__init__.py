"""The HTTP surface of the emulated Graph."""
