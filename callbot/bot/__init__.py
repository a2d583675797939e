"""What developers write with: the bot, the live call, and the running of handlers."""

from callbot.bot.bot import CallBot, Dialler
from callbot.bot.call import Call
from callbot.bot.desk import Desk
from callbot.bot.dispatch import Dispatcher, Handled
from callbot.bot.hooks import HandlerFailure

__all__ = ["Call", "CallBot", "Desk", "Dialler", "Dispatcher", "Handled", "HandlerFailure"]
