"""Plays what a bot asks for, one operation after the other, to the people in its call.

https://learn.microsoft.com/graph/api/call-playprompt
"""

import asyncio
from collections import deque
from collections.abc import Mapping

from callbot.clock import sleep
from callbot.emulator.calls import notify
from callbot.emulator.calls.call import Call, Heard, MediaQueue
from callbot.emulator.calls.operation import CANCELLED, SUCCESS, Operation
from callbot.emulator.media.prompts import PromptFailed
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.wire import JsonObject


class Player:
    """The media queue of one call. It works while something is queued and the call is connected."""

    def __init__(self, platform: Platform, call: Call) -> None:
        self._platform = platform
        self._call = call
        self._queue: deque[Operation] = deque()
        self._task: asyncio.Task[None] | None = None
        call.hooks.end.append(self._stop)

    def enqueue(self, operation: Operation) -> None:
        """Queue an operation; it starts when those before it are over and audio flows."""
        self._call.operations[operation.id] = operation
        self._queue.append(operation)
        if self._call.audio_active:
            self._start()
        else:
            self._call.hooks.audio.append(self._start)

    def cancel(self) -> None:
        """End everything that plays or waits as cancelled, and tell each."""
        self._stop()
        while self._queue:
            self._finish(self._queue.popleft(), CANCELLED)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._platform.spawn(self._work())

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _work(self) -> None:
        while self._queue:
            operation = self._queue[0]
            try:
                await self._play_all(operation)
                outcome = SUCCESS
            except PromptFailed as failure:
                outcome = failure.outcome
            self._queue.popleft()
            self._finish(operation, outcome)
        self._task = None

    async def _play_all(self, operation: Operation) -> None:
        prompts = operation.details.get("prompts")
        for prompt in prompts if isinstance(prompts, list) else []:
            media = prompt.get("mediaInfo") if isinstance(prompt, Mapping) else None
            if isinstance(media, Mapping):
                await self._play(media)

    async def _play(self, media: Mapping[str, object]) -> None:
        uri, resource_id = str(media.get("uri")), media.get("resourceId")
        name = str(resource_id) if resource_id else None
        seconds = await self._platform.prompts.seconds(self._call.app.app_id, uri, name)
        clock = self._platform.clock
        heard = Heard(uri, name, clock.time())
        self._call.heard.append(heard)
        self._platform.journal.wake()
        try:
            await sleep(clock, seconds)
            heard.whole = True
        finally:
            heard.end = clock.time()
            self._platform.journal.wake()
        for hook in self._call.hooks.prompt:
            hook()

    def _finish(self, operation: Operation, outcome: Outcome) -> None:
        operation.finish(outcome, completionReason=_reason(outcome))
        notify.operation_finished(self._platform, self._call, operation)


def media_of(platform: Platform, call: Call) -> MediaQueue:
    """Return the media queue of a call."""
    if call.media is None:
        call.media = Player(platform, call)
    return call.media


def play_operation(prompts: list[object], client_context: str | None) -> Operation:
    """Return the operation of a playPrompt."""
    details: JsonObject = {"prompts": prompts, "completionReason": None}
    return Operation(type="playPromptOperation", client_context=client_context, details=details)


def _reason(outcome: Outcome) -> str:
    if outcome is SUCCESS:
        return "completedSuccessfully"
    return "mediaOperationCanceled" if outcome is CANCELLED else "unknown"
