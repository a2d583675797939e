"""Running handlers: those of one call in order and one at a time, calls side by side.

This is the second of the two queues a call has. The first, the mailbox, never waits for it, so a handler may
wait for a notification of its own call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from typing import NamedTuple

from callbot.bot.bot import CallBot
from callbot.bot.call import Call
from callbot.bot.dispatching.queue import LAST_MOMENT, HandlerQueue, is_end
from callbot.bot.dispatching.raised import log_failure
from callbot.bot.dispatching.slow import SlowHandlers
from callbot.bot.dispatching.times import HookTimes
from callbot.bot.hooks import HandlerFailure
from callbot.bot.routing import Handling
from callbot.clock import Clock, timeout
from callbot.errors import CallEnded, LeaseLost, StoreError
from callbot.log import CONTEXT, Span, about, cause, get_logger
from callbot.state import Change, Document, Transition
from callbot.tracing import Tracing

_log = get_logger(__name__)


class Handled(NamedTuple):
    """A handler has finished with a change.

    `handler` is None when none has run: the bot has no hook for it, or no time was left after its call's end.
    `data` is what the bot keeps of the call from now on, None when the handler has not changed it.
    """

    change: Change
    handler: str | None
    seconds: float = 0.0
    error: Exception | None = None
    data: Document | None = None


class Dispatcher:
    """Gives changes to the bot's hooks.

    `on_handled` is told when a hook has finished, whatever came of it, and the next hook of the call waits
    for it to return. `time_limit` is in seconds: a hook that takes longer is reported, with where it stands,
    and goes on. `on_begin`, if there is one, is told the call id, the change and the name of each hook that
    begins.
    """

    def __init__(
        self,
        bot: CallBot,
        *,
        clock: Clock,
        time_limit: float,
        on_handled: Callable[[Handled], Awaitable[None]],
        tracing: Tracing | None = None,
    ) -> None:
        self.times = HookTimes()
        self._bot = bot
        self._clock = clock
        self._on_handled = on_handled
        self._tracing = tracing
        self._queues: dict[str, HandlerQueue] = {}
        self._watch = SlowHandlers(clock, time_limit, self.times)
        self._surroundings = copy_context()  # of the bot: no handler sees what another call's has set
        self._closed = False
        self.on_begin: Callable[[str, Change, str], None] | None = None
        self.failures = 0

    @property
    def running(self) -> int:
        """How many calls have handlers that run or wait."""
        return len(self._queues)

    @property
    def waiting(self) -> int:
        """How many changes wait for their handlers."""
        return sum(len(queue.waiting) for queue in list(self._queues.values()))

    def dispatch(self, call: Call, change: Change) -> None:
        """Queue `change` for its hook. The end of a call gives a hook that is running a last moment.

        Once the dispatcher is closed it is left: the next process finds it unhandled.
        """
        if self._closed:
            return
        queue = self._queues.get(call.id)
        if queue is None:
            queue = self._queues[call.id] = HandlerQueue()
        queue.waiting.append((change, CONTEXT.get()))
        if queue.task is None:
            work = self._run(call, queue)
            queue.task = asyncio.create_task(work, context=self._surroundings.copy())
        elif queue.handling is not None and call.ended:
            self._grant_last_moment(queue, queue.share_out(self._clock.monotonic()))

    async def idle(self) -> None:
        """Return when no handler runs or waits."""
        while self._queues:
            tasks = [queue.task for queue in self._queues.values() if queue.task is not None]
            await asyncio.wait(tasks)

    async def cancel(self) -> int:
        """Close, and stop every handler where it stands; returns for how many calls.

        What was not handled stays so. One that catches its cancellation and goes on is left behind after
        `LAST_MOMENT`.
        """
        self._closed = True
        tasks = [queue.task for queue in self._queues.values() if queue.task is not None]
        for task in tasks:
            task.cancel()
        if not tasks:
            return 0
        with suppress(TimeoutError):
            async with timeout(self._clock, LAST_MOMENT):
                await asyncio.wait(tasks)
        stuck = sum(not task.done() for task in tasks)
        if stuck:
            _log.error("handlers go on although they were cancelled, left behind", calls=stuck)
        return len(tasks)

    async def _run(self, call: Call, queue: HandlerQueue) -> None:
        try:
            while queue.waiting and not self._closed:
                change, context = queue.waiting.popleft()
                CONTEXT.set(context)
                if isinstance(change, Transition) or self._clock.monotonic() < queue.others_until:
                    await self._handle(call, queue, change)
                else:
                    queue.left_out += 1
                    await self._on_handled(Handled(change, None))
            if queue.left_out:
                _log.warning("handlers were left out, their call has ended", changes=queue.left_out)
        except LeaseLost:
            queue.waiting.clear()  # they are for the process that looks after the call now
        finally:
            del self._queues[call.id]

    async def _handle(self, call: Call, queue: HandlerQueue, change: Change) -> None:
        handling, error = self._find(call, change)
        if handling is None:
            await self._on_handled(Handled(change, None, error=error))
            return
        began = self._clock.monotonic()
        handler = handling.name
        self.times.lag.observe(max(self._clock.time() - change.at, 0.0))  # a clock may be set back
        if self.on_begin is not None:
            self.on_begin(call.id, change, handler)
        if self._tracing is None:
            _enter(handler, None)
            error = await self._run_handler(call, queue, change, handling)
        else:
            with self._tracing.handler(handler, change, cause()) as span:
                _enter(handler, span)
                error = await self._run_handler(call, queue, change, handling)
                if error is not None:
                    span.failed(error)
        try:
            data = call.changed_data()
        except StoreError as unfit:
            data, error = None, error or unfit
        if error is not None:
            await self._report(call, queue, HandlerFailure(change, handler, error), handling)
        seconds = self._clock.monotonic() - began
        self.times.handled(change, seconds, failed=error is not None)
        await self._on_handled(Handled(change, handler, seconds, error, data))

    def _find(self, call: Call, change: Change) -> tuple[Handling | None, Exception | None]:
        try:
            return self._bot.handling_for(call, change), None
        except Exception as error:  # noqa: BLE001 - as below
            self.failures += 1
            _log.error("filter failed, no handler runs", exc_info=error)
            return None, error

    async def _run_handler(
        self, call: Call, queue: HandlerQueue, change: Change, handling: Handling
    ) -> Exception | None:
        queue.handling, queue.context = handling, CONTEXT.get()
        self._watch.begun(queue)
        if call.ended and not is_end(change):
            self._grant_last_moment(queue, self._time_left(queue, change))
        try:
            return await self._guarded(handling.run(call, change), queue)
        finally:
            self._watch.ended(queue)
            queue.end_handler()

    async def _guarded(self, code: Awaitable[None], queue: HandlerQueue) -> Exception | None:
        """Run code of the bot's; return its error. Only its last moment and the end of the bot may cancel it.

        Any other cancellation is an error like others: it must end no handler but the one it was for.
        """
        failure: Exception | None = None
        try:
            await code
        except CallEnded:
            pass
        except asyncio.CancelledError as error:
            if self._closed:
                raise
            if queue.expired:
                _log.info("handler was cancelled, its call has ended")
            else:
                failure = RuntimeError(f"the handler was cancelled: {error}")
        except Exception as error:  # noqa: BLE001 - a handler's error must not reach another call
            failure = error
        task = asyncio.current_task()
        if task is not None and task.cancelling() and not self._closed:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)  # one that has not arrived yet
            while task.uncancel():
                pass
        return failure

    def _time_left(self, queue: HandlerQueue, change: Change) -> float:
        """How many seconds a handler has that begins when its call has ended already."""
        now = self._clock.monotonic()
        share = queue.share_out(now)
        return share if isinstance(change, Transition) else queue.others_until - now

    def _grant_last_moment(self, queue: HandlerQueue, seconds: float) -> None:
        if queue.last_moment is None:
            queue.last_moment = self._clock.call_later(seconds, queue.expire)

    async def _report(
        self, call: Call, queue: HandlerQueue, failure: HandlerFailure, handling: Handling
    ) -> None:
        self.failures += 1
        with about(call.context_now()):
            log_failure(_log, "handler failed", failure.handler, failure.error)
        if handling.on_failure is None:
            return
        error = await self._guarded(handling.on_failure(call, failure), queue)
        if error is not None:
            with about(call.context_now()):
                log_failure(_log, "on_error failed", failure.handler, error)


def _enter(handler: str, span: Span | None) -> None:
    """Let log lines say which handler it is."""
    call_id, tenant, app_id, scenario_id, _, people, why = CONTEXT.get()
    if span is not None:
        request_id, told, chain_id, _above = why or (None, None, None, None)
        why = (request_id, told, chain_id, span)
    CONTEXT.set((call_id, tenant, app_id, scenario_id, handler, people, why))
