"""The drain: live calls have their time, then handlers have theirs; what is left is for the next process.

Until the very end everything works as before: callbacks are taken, calls are read and kept alive, handlers
run and send what they like.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import inf

from callbot.bot import Call, Dispatcher
from callbot.clock import Clock, timeout
from callbot.errors import CallbotError
from callbot.log import about, get_logger
from callbot.registry import Registry
from callbot.runtime.mailboxes import Mailboxes
from callbot.settings import Settings
from callbot.state import Record

_log = get_logger(__name__)

HANDOVER = 5.0
"""Seconds that handlers have left once a new call waits for the next process: see `Newcomers`."""

_LOOK = 1.0  # seconds between looks at the calls that are live
_TELL = 60.0  # seconds between lines that say how many there are
_HANG_UP_WITHIN = 10.0  # seconds; for all that are hung up in the end
_AT_ONCE = 32  # hang-ups under way


class Drain:
    """Lets a bot come to rest, once.

    `owns` says whether this process looks after the calls, `keeps` whether the next one finds them in the
    store, `handle` gives the live call of a record.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        registry: Registry,
        mailboxes: Mailboxes,
        dispatcher: Dispatcher,
        handle: Callable[[Record], Call],
        owns: Callable[[], bool],
        keeps: bool,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._registry = registry
        self._mailboxes = mailboxes
        self._dispatcher = dispatcher
        self._handle = handle
        self._owns = owns
        self._keeps = keeps
        self._hurried = asyncio.Event()
        self._why_hurried = ""
        self._until = inf
        self._handing_over = False
        self.begun = False

    @property
    def live(self) -> int:
        """How many calls are live that this process looks after."""
        return sum(1 for _ in self._registry.live()) if self._owns() else 0

    @property
    def idle(self) -> bool:
        """Whether nothing is queued and no handler runs."""
        return not (self._mailboxes.waiting or self._dispatcher.running)

    @property
    def seconds_left(self) -> float | None:
        """How long the drain may still take at most, None where none has begun."""
        return max(self._until - self._clock.monotonic(), 0.0) if self.begun else None

    async def run(self) -> None:
        """Wait for live calls and handlers as long as the settings say; cancel the handlers that are left.

        A second time there are no calls to wait for any more: only what has begun since.
        """
        first, self.begun = not self.begun, True
        if first:
            limits = self._settings.drain_calls_timeout + self._settings.drain_timeout
            self._until = self._clock.monotonic() + (0.0 if self._hurried.is_set() else limits)
            await self._let_calls_end()
            if self._settings.drain_leftover == "hang_up":
                await self._hang_up()
        await self._let_handlers_finish()
        if first and (live := self.live):
            if self._keeps:
                _log.info("live calls are kept for the next process", calls=live)
            else:
                _log.warning("live calls are left behind without a bot", calls=live)

    def hurry(self, why: str = "asked to hurry") -> None:
        """Wait for no call and no handler any longer; `why` is for the log."""
        if not self._hurried.is_set():
            self._why_hurried = why
            self._until = min(self._until, self._clock.monotonic())
            self._hurried.set()

    def hand_over_soon(self) -> None:
        """Give handlers a few seconds more at most: a call rings that the next process has to answer."""
        if not self._handing_over:
            self._handing_over = True
            self._until = min(self._until, self._clock.monotonic() + HANDOVER)
            self._clock.call_later(HANDOVER, lambda: self.hurry("a new call waits for the next process"))
            _log.info("a new call waits for the next process, handlers have less time", seconds=HANDOVER)

    async def _let_calls_end(self) -> None:
        until = self._clock.monotonic() + self._settings.drain_calls_timeout
        told = -inf
        while (live := self.live) and not self._hurried.is_set():
            now = self._clock.monotonic()
            if now >= until:
                break
            if now >= told + _TELL:
                told = now
                _log.info(
                    "waiting for calls to end",
                    calls=live,
                    handlers=self._dispatcher.running,
                    seconds_left=round(until - now),
                )
            with suppress(TimeoutError):
                async with timeout(self._clock, min(_LOOK, until - now)):
                    await self._hurried.wait()

    async def _hang_up(self) -> None:
        """Hang up what is live still; what cannot be reached in time is left."""
        gate, left = asyncio.Semaphore(_AT_ONCE), 0

        async def end(call: Call) -> bool:
            async with gate:
                try:
                    await call.hang_up()
                except CallbotError as error:
                    _log.warning("call could not be hung up", error=type(error).__name__)
                    return False
            return True

        tasks = []
        for record in list(self._registry.live()) if self._owns() else ():
            with about(record.context()):
                tasks.append(asyncio.create_task(end(self._handle(record))))
        try:
            async with timeout(self._clock, _HANG_UP_WITHIN):
                await asyncio.gather(*tasks)
        except TimeoutError:
            left = sum(task.cancelled() for task in tasks)
        if tasks:
            _log.info("calls were hung up", calls=len(tasks), not_in_time=left)

    async def _let_handlers_finish(self) -> None:
        finishing = asyncio.create_task(self._finish_work())
        hurried = asyncio.create_task(self._hurried.wait())
        limit = self._settings.drain_timeout
        self._until = min(self._until, self._clock.monotonic() + limit)
        timer = self._clock.call_later(limit, lambda: self.hurry("drain_timeout is over"))
        try:
            await asyncio.wait({finishing, hurried}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            hurried.cancel()
            finished = not finishing.cancel()
        if not finished and (cancelled := await self._dispatcher.cancel()):
            _log.warning("handlers were cancelled by the drain", calls=cancelled, why=self._why_hurried)

    async def _finish_work(self) -> None:
        while not self.idle:
            await self._mailboxes.idle()
            await self._dispatcher.idle()
