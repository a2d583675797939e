"""Prompts: checked before they are played, and served so that the platform can fetch them."""

from callbot.media.library import PromptLibrary
from callbot.media.route import PROMPTS_PATH, prompt_routes
from callbot.media.url import check_url
from callbot.media.wav import MAX_BYTES, Wav, check_wav

__all__ = ["MAX_BYTES", "PROMPTS_PATH", "PromptLibrary", "Wav", "check_url", "check_wav", "prompt_routes"]
