"""The emulated calls: what a call is, and everything that can happen to it."""
