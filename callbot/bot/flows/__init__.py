"""Conversations: what a caller types, and what is asked until they do."""

from callbot.bot.flows.digits import Digits, GatherEnd
from callbot.bot.flows.gathering import GatherRules, gather_once

__all__ = ["Digits", "GatherEnd", "GatherRules", "gather_once"]
