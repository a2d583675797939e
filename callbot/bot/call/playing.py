"""The verbs of prompts, and of the keys that are pressed meanwhile. They need media that Graph hosts."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any

from callbot.bot.call.live import LiveCall
from callbot.bot.line import patience
from callbot.bot.line.prompts import Prompt, prompts_media
from callbot.errors import CallEnded, InvalidArgument
from callbot.model import (
    CancelMediaProcessingOperation,
    CommsOperation,
    MediaInfo,
    PlayPromptOperation,
    SubscribeToToneOperation,
)
from callbot.state import Tone

_CANCELLED = 8508  # MediaOperationCanceled


class _Cut:
    """How far a prompt is that a tone may interrupt: Graph can cancel only what it has taken."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.made = False

    def excuses(self, ended: CommsOperation) -> bool:
        """Whether a prompt that ended as failed did so because it was interrupted."""
        result = ended.result_info
        return self.made and result is not None and result.subcode == _CANCELLED


class PlayingVerbs(LiveCall):
    """Verbs about prompts and tones."""

    async def play(
        self,
        *prompts: Prompt,
        loop: int = 1,
        interrupt_on_tone: bool | str = False,
        wait: bool = True,
        limit: float = patience.PLAY,
    ) -> PlayPromptOperation:
        """Play prompts one after the other, all of them `loop` times; returns when they have been played.

        A prompt is the path of a WAV file (mono, 16-bit, 16 kHz), which the bot's own service then offers
        to Graph, or an https address. Graph takes 20 at a time, each round of a loop counted. What is played
        while something else still plays is queued after it.

        With `interrupt_on_tone` a key that is pressed meanwhile ends it, and everything that is queued; or
        only the keys it names, `"12#"`. That is no failure. The tone is still there for who asks next.

        Raises:
            PromptError: for a file that cannot be played; says how to put it right.
            OperationFailed: when Graph could not play it, or somebody else cancelled it (8508).
            WaitTimeout: when it is still not over after `limit` seconds.

        https://learn.microsoft.com/graph/api/call-playprompt
        """
        media = await prompts_media(self._line.desk.prompts, prompts) * loop
        cut = _Cut()
        if interrupt_on_tone is False:
            return await self._play(media, cut, wait=wait, limit=limit)
        if not wait:
            raise InvalidArgument("interrupt_on_tone needs wait=True: somebody has to listen", verb="play")
        await self._listen()
        keys = interrupt_on_tone if isinstance(interrupt_on_tone, str) else None
        return await self._cut_by_tone(self._play(media, cut, wait=True, limit=limit), keys, cut)

    async def cancel_media(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> CancelMediaProcessingOperation:
        """Cancel every prompt and recording, running and queued.

        Whoever waits for one gets `OperationFailed`; tones are reported as before.
        https://learn.microsoft.com/graph/api/call-cancelmediaprocessing
        """
        line = self._line
        return await line.operate(
            "cancel_media",
            CancelMediaProcessingOperation,
            lambda context: line.desk.graph.cancel_media_processing(
                self.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def subscribe_to_tone(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> SubscribeToToneOperation:
        """Ask Graph to report the keys people press; it does so until the call ends.

        `call.tones()`, `call.gather()`, `call.menu()` and prompts that a tone interrupts do it by themselves;
        `on_tone` needs it. https://learn.microsoft.com/graph/api/call-subscribetotone
        """
        line = self._line
        operation = await line.operate(
            "subscribe_to_tone",
            SubscribeToToneOperation,
            lambda context: line.desk.graph.subscribe_to_tone(
                self.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )
        self._tones.subscribed = True
        return operation

    async def tones(self) -> AsyncIterator[Tone]:
        """Every tone in the order in which the keys were pressed; ends with the call.

        Those are included that came before somebody asked. The tones are subscribed to if they are not yet.
        """
        with suppress(CallEnded):
            await self._listen()
        with suppress(CallEnded):
            while (tone := await self._tones.take()) is not None:
                yield tone

    # -- parts -----------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Have tones reported, unless they are."""
        if not self._tones.subscribed:
            await self.subscribe_to_tone()

    async def _play(
        self, media: list[MediaInfo], cut: _Cut, *, wait: bool, limit: float
    ) -> PlayPromptOperation:
        line = self._line

        async def begin(context: str) -> PlayPromptOperation:
            answer = await line.desk.graph.play_prompt(
                self.id, media, tenant=line.tenant, client_context=context
            )
            cut.begun.set()
            return answer

        if wait:
            await self._audible()
        return await line.operate(
            "play", PlayPromptOperation, begin, wait=wait, limit=limit, excused=cut.excuses
        )

    async def _cut_by_tone(
        self, playing: Coroutine[Any, Any, PlayPromptOperation], keys: str | None, cut: _Cut
    ) -> PlayPromptOperation:
        """Wait for a prompt, and cancel it as soon as one of `keys` (any for None) is pressed."""
        with self._line.waiters.expect(Tone, lambda tone: keys is None or tone.key in keys) as pressed:
            task = asyncio.create_task(playing)
            begun = asyncio.create_task(cut.begun.wait())
            try:
                await _first_of(task, pressed.future)
                if pressed.future.done() and pressed.future.exception() is None:
                    await _first_of(task, begun)
                    await self._cut(task, cut)
                return await task
            finally:
                for one in (task, begun):
                    one.cancel()  # harmless to what is done
                await asyncio.gather(task, begun, return_exceptions=True)

    async def _cut(self, task: asyncio.Task[PlayPromptOperation], cut: _Cut) -> None:
        if not task.done():
            cut.made = True
            await self.cancel_media(wait=False)


async def _first_of(*several: asyncio.Future[Any]) -> None:
    await asyncio.wait(several, return_when=asyncio.FIRST_COMPLETED)
