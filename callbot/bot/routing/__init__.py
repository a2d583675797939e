"""Handlers beside the bot's own hooks: routers, the filters that say what they are for, middleware around."""

from callbot.bot.routing import filters
from callbot.bot.routing.filters import Filter
from callbot.bot.routing.handling import Handler, Handling, Middleware
from callbot.bot.routing.router import Router

__all__ = ["Filter", "Handler", "Handling", "Middleware", "Router", "filters"]
