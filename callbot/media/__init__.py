"""Prompts: checked before they are played, and served so that the platform can fetch them.

How an aiohttp application serves them is in `callbot.media.route`.
"""

from callbot.media.library import PromptLibrary
from callbot.media.url import check_url
from callbot.media.wav import MAX_BYTES, Wav, check_wav

__all__ = ["MAX_BYTES", "PromptLibrary", "Wav", "check_url", "check_wav"]
