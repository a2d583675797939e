"""Sending the verbs of one call, and waiting for what comes of them."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from math import inf
from typing import Any, TypeVar

from callbot.bot.desk import Desk
from callbot.bot.line.begun import Begun
from callbot.bot.line.outcome import FIRST_LOOK, Look, Patience, wait_for
from callbot.bot.line.waiters import Awaited, Waiter, Waiters
from callbot.errors import (
    CallbotError,
    CallEnded,
    CallNotFound,
    CallStateConflict,
    GraphError,
    NotFound,
    OperationFailed,
)
from callbot.log import CONTEXT, about, cause
from callbot.model import CallState, CommsOperation, OperationStatus
from callbot.state import Change, Doubted, Gone, OperationFinished, OperationRead, Record, Transition

Answer = TypeVar("Answer")
Op = TypeVar("Op", bound=CommsOperation)

Request = Coroutine[Any, Any, Answer]  # what an async method returns


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
        with self._about():
            return await self._send(request)

    async def _send(self, request: Request[Answer]) -> Answer:
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
        excused: Callable[[CommsOperation], bool] = lambda _: False,
    ) -> Op:
        """Send a request that begins an operation, and wait for its end.

        `what` names the verb in errors, `begin` makes the request with a client context, `takes` is how many
        seconds the operation may well take before there is reason to look, `excused` says which failures are
        none.

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
        if ended.status is OperationStatus.FAILED and not excused(ended):
            raise operation_failed(what, ended)
        return kind.view(ended.to_wire())

    async def outcome(
        self,
        waiter: Waiter[Awaited],
        *,
        what: str,
        limit: float = inf,
        look: Look[Awaited] | None = None,
        first: float = FIRST_LOOK,
    ) -> Awaited:
        """Wait until `waiter` is told, looking with `look` after `first` seconds and then ever less often.

        `look` returns the outcome, or None when there is none yet; one that fails is tried again.
        Raises `CallEnded` when the call ends before, and `WaitTimeout` after `limit` seconds.
        """
        if self.desk.settings.callbacks == "off":  # a look is all there is
            first = min(first, self.desk.settings.poll_interval)
        patience = Patience(limit, first, look)
        with self._about():
            return await wait_for(waiter, patience, self.desk.clock, call_id=self.id, what=what)

    def _about(self) -> AbstractContextManager[None]:
        """Let log lines be about this call, also where it is dealt with outside of its handlers."""
        if CONTEXT.get()[0] == self.id:
            return nullcontext()
        return about(self.record.context(cause()))

    async def look_at_call(self) -> None:
        """Read the call: what has become of it is notified to whoever waits."""
        await self.desk.refresh(self.key)

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
