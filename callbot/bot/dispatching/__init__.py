"""Running handlers: those of one call in order and one at a time, calls side by side."""

from callbot.bot.dispatching.dispatch import Dispatcher, Handled
from callbot.bot.dispatching.times import HookTimes

__all__ = ["Dispatcher", "Handled", "HookTimes"]
