"""Sending the verbs of one call, and waiting for what comes of them.

An outcome is notified; a notification can be lost. So whoever waits for one also looks, after a while and
then less and less often, and no wait for an outcome is without a limit.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from callbot.bot.desk import Desk
from callbot.bot.line.begun import Begun
from callbot.bot.line.waiters import Awaited, Waiter, Waiters
from callbot.clock import timeout
from callbot.errors import (
    CallbotError,
    CallEnded,
    CallNotFound,
    CallStateConflict,
    GraphError,
    NotFound,
    OperationFailed,
    WaitTimeout,
)
from callbot.log import get_logger
from callbot.model import CallState, CommsOperation, OperationStatus
from callbot.state import Change, Doubted, Gone, OperationFinished, OperationRead, Record, Transition

_log = get_logger(__name__)

Answer = TypeVar("Answer")
Op = TypeVar("Op", bound=CommsOperation)

Request = Coroutine[Any, Any, Answer]  # what an async method returns

FIRST_LOOK = 15.0
"""Seconds after which an outcome nobody told of is looked for; then after twice the time, and so on."""

_LAST_LOOK = 120.0


class Line:
    """What a live call stands on: its record, what waits on it, and the way to Graph."""

    def __init__(self, record: Record, desk: Desk) -> None:
        self.key = record.key
        self.desk = desk
        self.waiters = Waiters(record.id)
        self._last = record

    @property
    def record(self) -> Record:
        """What is known of the call now."""
        return self.desk.record(self.key) or self._last

    @property
    def id(self) -> str:
        """The id of the call, verbatim."""
        return self._last.id

    @property
    def tenant(self) -> str | None:
        """The tenant the call belongs to."""
        return self.record.tenant_id

    def update(self, record: Record, changes: Iterable[Change]) -> None:
        """Take note of what the registry knows now, and wake who waited for it."""
        self._last = record
        changes = list(changes)
        self.waiters.tell(changes)
        if record.ended:
            self.waiters.end(_why_ended(changes))

    def raise_if_ended(self) -> None:
        """Raise `CallEnded` for a call that is over."""
        if self.record.ended:
            raise CallEnded(self.id)

    async def ask(self, request: Request[Answer]) -> Answer:
        """Send a request. What Graph's answer says about the call itself is known from here on.

        Raises `CallEnded` when the call is over, else the `GraphError` of the request.
        """
        if self.record.ended:
            request.close()
            raise CallEnded(self.id)
        try:
            return await request
        except CallNotFound:
            await self.desk.observe(self.key, Gone(self.desk.clock.time()))
            raise CallEnded(self.id) from None
        except NotFound:
            with suppress(GraphError):  # of something in the call, or of the call: a read tells
                await self.desk.refresh(self.key)
            self.raise_if_ended()
            raise
        except CallStateConflict:
            await self.desk.observe(self.key, Doubted(self.desk.clock.time(), "refused verb"))
            raise

    async def operate(
        self,
        what: str,
        kind: type[Op],
        begin: Callable[[str], Request[Op]],
        *,
        wait: bool,
        limit: float,
        takes: float = 0.0,
    ) -> Op:
        """Send a request that begins an operation, and wait for its end.

        `what` names the verb in errors, `begin` makes the request with a client context, `takes` is how many
        seconds the operation may well take before there is reason to look.

        Raises:
            OperationFailed: when it finished as failed.
            WaitTimeout: when its end is not known after `limit` seconds.
            CallEnded: when the call ends before.
        """
        begun = Begun()
        with self.waiters.expect(OperationFinished, begun.is_ended_by) as waiter:
            answer = await self.ask(begin(begun.context))
            ended: CommsOperation | None = begun.answered(answer)
            if ended is None and wait:
                finished = await self.outcome(
                    waiter,
                    what=what,
                    limit=limit,
                    look=lambda: self._look_at(begun),
                    first=FIRST_LOOK + takes,
                )
                ended = finished.operation
        if ended is None:
            return answer
        if ended.status is OperationStatus.FAILED:
            raise operation_failed(what, ended)
        return kind.view(ended.to_wire())

    async def outcome(
        self,
        waiter: Waiter[Awaited],
        *,
        what: str,
        limit: float = math.inf,
        look: Callable[[], Awaitable[Awaited | None]] | None = None,
        first: float = FIRST_LOOK,
    ) -> Awaited:
        """Wait until `waiter` is told, looking with `look` after `first` seconds and then ever less often.

        `look` returns the outcome, or None when there is none yet; one that fails is tried again.
        Raises `CallEnded` when the call ends before, and `WaitTimeout` after `limit` seconds.
        """
        clock = self.desk.clock
        ends = clock.monotonic() + limit
        pause = math.inf if look is None else self._pause(first)
        while True:
            left = ends - clock.monotonic()
            if await self._done(waiter, min(pause, left)):
                return waiter.future.result()
            if look is None or left <= pause:
                raise WaitTimeout(self.id, what, limit)
            found = await _found(look, what)
            if found is not None:
                return found
            pause = self._pause(min(2.0 * pause, _LAST_LOOK))

    async def look_at_call(self) -> None:
        """Read the call: what has become of it is notified to whoever waits."""
        await self.desk.refresh(self.key)

    def _pause(self, seconds: float) -> float:
        """Where no callback can come, a look is all there is."""
        settings = self.desk.settings
        return min(seconds, settings.poll_interval) if settings.callbacks == "off" else seconds

    async def _done(self, waiter: Waiter[Any], seconds: float) -> bool:
        with suppress(TimeoutError):
            async with timeout(self.desk.clock, None if math.isinf(seconds) else seconds):
                await asyncio.wait({waiter.future})
        return waiter.future.done()

    async def _look_at(self, begun: Begun) -> OperationFinished | None:
        """Read an operation; one that has finished is an observation of the call like any other."""
        operation = await self._read(begun)
        if operation is None or not operation.is_finished:
            return None
        now = self.desk.clock.time()
        await self.desk.observe(self.key, OperationRead(now, operation.to_wire()))
        return OperationFinished(self.id, operation, now)

    async def _read(self, begun: Begun) -> CommsOperation | None:
        graph = self.desk.graph
        if begun.id:
            return await self.ask(graph.get_operation(self.id, begun.id, tenant=self.tenant))
        operations = await self.ask(graph.list_operations(self.id, tenant=self.tenant))
        return next((one for one in operations if begun.is_same(one)), None)


async def _found(look: Callable[[], Awaitable[Awaited | None]], what: str) -> Awaited | None:
    try:
        return await look()
    except GraphError as error:
        _log.info(
            "outcome could not be read, trying again",
            verb=what,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        )
        return None


def operation_failed(what: str, operation: CommsOperation, reason: str | None = None) -> CallbotError:
    """Return the error of an operation that has not done what it was begun for."""
    result = operation.result_info
    return OperationFailed(
        what,
        code=result.code if result else None,
        subcode=result.subcode if result else None,
        message=reason or (result.message if result else None),
    )


def _why_ended(changes: Iterable[Change]) -> str | None:
    """Say in callbot's own words why a call ended: the platform's may hold a telephone number."""
    for change in changes:
        if isinstance(change, Transition) and change.new is CallState.TERMINATED and not change.inferred:
            return change.result.explain().meaning if change.result.code is not None else None
    return None
