"""Plays prompts to the people in a call.

https://learn.microsoft.com/graph/api/call-playprompt
"""

import itertools
from collections.abc import Iterable, Mapping

from callbot.clock import sleep
from callbot.emulator.calls.call import Call, Heard
from callbot.emulator.media.keypad import Keypad
from callbot.emulator.media.prompts import PromptFailed
from callbot.emulator.platform import Platform


async def play(
    platform: Platform,
    call: Call,
    prompts: Iterable[object],
    *,
    loop: bool = False,
    barge: Keypad | None = None,
) -> None:
    """Play prompts one after the other; with `barge` a pressed key ends them all. Raises `PromptFailed`."""
    wanted = [found for found in map(_media, prompts) if found is not None]
    for media, times in itertools.cycle(wanted) if loop and wanted else wanted:
        for _ in range(times):
            if await _play_one(platform, call, media, barge):
                return


async def prefetch(platform: Platform, call: Call) -> None:
    """Fetch what the media configuration names, so that it plays at once; a failure shows when it plays."""
    named = (call.media_config or {}).get("preFetchMedia")
    for media in named if isinstance(named, list) else []:
        if isinstance(media, Mapping) and isinstance(media.get("uri"), str):
            try:
                await platform.prompts.seconds(call.app.app_id, str(media["uri"]), _resource_id(media))
            except PromptFailed:
                continue


async def _play_one(
    platform: Platform, call: Call, media: Mapping[str, object], barge: Keypad | None
) -> bool:
    """Play one prompt; say whether a key has cut it."""
    uri, name = str(media.get("uri")), _resource_id(media)
    seconds = await platform.prompts.seconds(call.app.app_id, uri, name)
    heard = Heard(uri, name, platform.clock.time())
    call.heard.append(heard)
    platform.journal.wake()
    try:
        if barge is not None and await barge.wait(seconds) is not None:
            return True
        if barge is None:
            await sleep(platform.clock, seconds)
        heard.whole = True
    finally:
        heard.end = platform.clock.time()
        platform.journal.wake()
    for hook in call.hooks.prompt:
        hook()
    return False


def _media(prompt: object) -> tuple[Mapping[str, object], int] | None:
    """Return the mediaInfo of a prompt and how often it is played."""
    if not isinstance(prompt, Mapping) or not isinstance(prompt.get("mediaInfo"), Mapping):
        return None
    times = prompt.get("loop")
    return prompt["mediaInfo"], times if isinstance(times, int) and times > 0 else 1


def _resource_id(media: Mapping[str, object]) -> str | None:
    name = media.get("resourceId")
    return str(name) if name else None
