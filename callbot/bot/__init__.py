"""What developers write with: the bot, the live call, and the running of handlers."""

from callbot.bot.bot import CallBot
from callbot.bot.call import Call, Recording
from callbot.bot.desk import Desk
from callbot.bot.dispatching import Dispatcher, Handled, HookTimes
from callbot.bot.flows import Digits, GatherEnd
from callbot.bot.hooks import HandlerFailure
from callbot.bot.joining import JoinDecision, ParticipantJoining
from callbot.bot.outgoing import Dialler, OutgoingCalls
from callbot.bot.routing import Filter, Handler, Middleware, Router, filters
from callbot.state import Change

__all__ = [
    "Call",
    "CallBot",
    "Change",
    "Desk",
    "Dialler",
    "Digits",
    "Dispatcher",
    "Filter",
    "GatherEnd",
    "Handled",
    "Handler",
    "HandlerFailure",
    "HookTimes",
    "JoinDecision",
    "Middleware",
    "OutgoingCalls",
    "ParticipantJoining",
    "Recording",
    "Router",
    "filters",
]
