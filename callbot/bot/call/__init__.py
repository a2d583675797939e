"""The live handle of a call: what a handler reads, does and waits for."""

from callbot.bot.call.call import Call
from callbot.bot.call.data import Data
from callbot.bot.call.incoming import service_hosted
from callbot.bot.parts.recording import Recording

__all__ = ["Call", "Data", "Recording", "service_hosted"]
