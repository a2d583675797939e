"""What a live call stands on: its record, what waits on it, and the way to Graph."""

from callbot.bot.line.line import Line
from callbot.bot.line.waiters import Waiter, Waiters

__all__ = ["Line", "Waiter", "Waiters"]
