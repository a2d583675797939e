"""Virtual time: it stands still while anything can happen, and then jumps to what is due next."""

from callbot.testing.virtual.clock import LoopClock
from callbot.testing.virtual.loop import VirtualTime

__all__ = ["LoopClock", "VirtualTime"]
