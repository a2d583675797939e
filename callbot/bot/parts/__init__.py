"""The parts of a call that have verbs of their own."""

from callbot.bot.parts.audio_routing import AudioRouting
from callbot.bot.parts.beta import BetaVerbs
from callbot.bot.parts.operations import ContentSharing, Operations
from callbot.bot.parts.participants import Identified, Participants, invited

__all__ = [
    "AudioRouting",
    "BetaVerbs",
    "ContentSharing",
    "Identified",
    "Operations",
    "Participants",
    "invited",
]
