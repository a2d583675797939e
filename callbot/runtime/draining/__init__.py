"""How a bot stops: what becomes of its live calls, of its handlers, and of calls that come in meanwhile."""

from callbot.runtime.draining.drain import HANDOVER, Drain
from callbot.runtime.draining.newcomers import Newcomers

__all__ = ["HANDOVER", "Drain", "Newcomers"]
