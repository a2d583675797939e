"""Does what a bot asks of media, one operation after the other, for the people in its call."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.operation import SUCCESS, Operation
from callbot.emulator.flow import notify
from callbot.emulator.media.keypad import Keypad
from callbot.emulator.media.playing import play
from callbot.emulator.media.prompts import PromptFailed
from callbot.emulator.media.recording import RecordRequest, no_recording, record
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.wire import JsonObject

Run = Callable[[], Awaitable[tuple[Outcome, JsonObject]]]


@dataclass(frozen=True, slots=True)
class _Job:
    operation: Operation
    run: Run


class Player:
    """The media queue of one call. It works while something is queued and audio flows."""

    def __init__(self, platform: Platform, call: Call) -> None:
        self._platform = platform
        self._call = call
        self._keypad = Keypad(platform.clock)
        self._queue: deque[_Job] = deque()
        self._task: asyncio.Task[None] | None = None
        call.hooks.stop.append(self._stop)

    def play(self, prompts: list[object], operation: Operation, *, loop: bool = False) -> None:
        """Queue prompts."""

        async def run() -> tuple[Outcome, JsonObject]:
            await play(self._platform, self._call, prompts, loop=loop)
            return SUCCESS, {"completionReason": "completedSuccessfully"}

        self._enqueue(_Job(operation, run))

    def record(self, request: RecordRequest, operation: Operation) -> None:
        """Queue a recording."""

        async def run() -> tuple[Outcome, JsonObject]:
            return await record(self._platform, self._call, request, self._keypad)

        self._enqueue(_Job(operation, run))

    def key(self, key: str) -> None:
        """Hear a key that somebody pressed."""
        self._keypad.press(key)

    def cancel(self) -> None:
        """End everything that runs or waits as cancelled, and tell each."""
        self._stop()
        outcome = self._platform.settings.operation_outcomes.cancelled
        while self._queue:
            operation = self._queue.popleft().operation
            if operation.type == "recordOperation":
                details = no_recording("operationCanceled")
            else:
                details = {"completionReason": "mediaOperationCanceled"}
            self._finish(operation, outcome, details)

    def _enqueue(self, job: _Job) -> None:
        self._call.operations[job.operation.id] = job.operation
        self._queue.append(job)
        if self._call.audio_active:
            self._start()
        else:
            self._call.hooks.audio.append(self._start)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._platform.spawn(self._work())

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _work(self) -> None:
        while self._queue:
            job = self._queue[0]
            try:
                outcome, details = await job.run()
            except PromptFailed as failure:
                outcome, details = failure.outcome, {"completionReason": "unknown"}
            self._queue.popleft()
            self._finish(job.operation, outcome, details)

    def _finish(self, operation: Operation, outcome: Outcome, details: JsonObject) -> None:
        operation.finish(outcome, **details)
        notify.operation_finished(self._platform, self._call, operation)


def player_of(platform: Platform, call: Call) -> Player:
    """Return the media queue of a call."""
    if not isinstance(call.media, Player):
        call.media = Player(platform, call)
    return call.media
