"""What a developer calls a prompt, and what Graph has to be told to play it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from callbot.media import PromptLibrary
from callbot.model import MediaInfo

Prompt = str | Path | MediaInfo
"""The path of a WAV file, an https address, or what Graph is told as it is."""


async def prompt_media(library: PromptLibrary, prompt: Prompt) -> MediaInfo:
    """Return what Graph has to be told to play `prompt`. A file is read beside the event loop.

    Raises `PromptError` for one that cannot be played.
    """
    return prompt if isinstance(prompt, MediaInfo) else await asyncio.to_thread(library.prompt, prompt)


async def prompts_media(library: PromptLibrary, prompts: Iterable[Prompt]) -> list[MediaInfo]:
    """Return what Graph has to be told to play `prompts`."""
    return [await prompt_media(library, prompt) for prompt in prompts]
