"""Reading calls again: the truth behind the hints.

All reads of all calls go through one `Reconciler`: one read at a time per call, a bounded number at a time
in all, within a rate budget below the documented limit, the urgent ones first.
"""

import asyncio
import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from enum import IntEnum
from typing import Protocol

from callbot.clock import Clock, Timer
from callbot.errors import (
    AuthenticationFailed,
    BotStopped,
    CallbotError,
    CallNotFound,
    GraphError,
    PermissionDenied,
    Throttled,
    Unavailable,
)
from callbot.log import CONTEXT, get_logger
from callbot.model import CallResource, Participant
from callbot.registry.budget import RateBudget
from callbot.state import Gone, KeptAlive, Observation, Read, Record, RosterRead

_log = get_logger(__name__)

_CONCURRENT = 32
_GRAIN = 0.001  # seconds: to wait for less than wall time can express is not to wait at all
_FIRST_RETRY = 2.0
_LAST_RETRY = 300.0
_DOUBLINGS = 16  # more would be too large a number, after days of failing


class Urgency(IntEnum):
    """Which reads go first when the budget is short."""

    ASKED = 0  # somebody waits for it
    DOUBT = 1  # something does not fit
    ROUTINE = 2  # nothing was heard for a while


class Reader(Protocol):
    """What can look at a call: the Graph client."""

    async def get_call(self, call_id: str, *, tenant: str | None) -> CallResource:
        """Read a call."""
        ...

    async def list_participants(self, call_id: str, *, tenant: str | None) -> Sequence[Participant]:
        """Read a roster."""
        ...

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        """Tell Graph that the bot still looks after a call."""


Request = Callable[[Record], Awaitable[None]]
Deliver = Callable[[str, Observation], Awaitable[None]]
Retry = Callable[[str, float], None]


class Reconciler:
    """Reads calls and keeps them alive.

    `record_of` gives the record of a call key. What a request brings is handed to `deliver`, which folds it;
    when it brings nothing (throttled, down, not permitted) `retry` is told the seconds after which to try
    again. A `401` or `403` says nothing about the call and never ends it.
    """

    def __init__(
        self,
        graph: Reader,
        record_of: Callable[[str], Record | None],
        *,
        clock: Clock,
        rate: float,
        deliver: Deliver,
        retry: Retry,
    ) -> None:
        self._graph = graph
        self._record_of = record_of
        self._clock = clock
        self._budget = RateBudget(rate, clock)
        self._deliver = deliver
        self._retry = retry
        self._waiting: list[tuple[Urgency, int, str]] = []
        self._order = itertools.count()
        self._asked: dict[str, Urgency] = {}
        self._busy: set[str] = set()  # calls that something is under way for
        self._tasks: set[asyncio.Task[None]] = set()
        self._passed_over: set[str] = set()  # calls for which more was due than what is under way
        self._refreshing: dict[str, asyncio.Future[None]] = {}
        self._failures: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._timer: Timer | None = None
        self._surroundings = copy_context()  # not those of whoever happened to ask
        self._closed = False
        self.reads: Counter[str] = Counter()
        self.paused = 0.0  # seconds that no read was to be started in, as Graph asked

    def ask(self, key: str, trigger: str, urgency: Urgency) -> None:
        """Read a call as soon as the budget allows. Asking twice is asking once."""
        wait = self._not_before.get(key, 0.0) - self._clock.monotonic()
        if wait > _GRAIN and urgency is not Urgency.ASKED:
            self._retry(key, wait)
            return
        known = self._asked.get(key)
        if self._closed or self._is_busy(key) or (known is not None and known <= urgency):
            return
        self.reads[trigger] += known is None
        self._asked[key] = urgency
        heapq.heappush(self._waiting, (urgency, next(self._order), key))
        self._start_due()

    async def refresh(self, key: str) -> None:
        """Read a call now, and return when what was read is folded. Raises the `GraphError` of the read.

        Raises `BotStopped` when there will be no read any more.
        """
        if self._closed:
            raise BotStopped
        waiting = self._refreshing.get(key)
        if waiting is None:
            waiting = self._refreshing[key] = asyncio.get_running_loop().create_future()
            waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.ask(key, "asked for", Urgency.ASKED)
        await asyncio.shield(waiting)

    def keep_alive(self, key: str) -> None:
        """Send the keep-alive that is owed. It is not a read and needs no budget."""
        if not self._closed and not self._is_busy(key):
            self._busy.add(key)
            self._start(key, self._send_keep_alive)

    def forget(self, key: str) -> None:
        """Drop what is remembered about a call that is over."""
        self._failures.pop(key, None)
        self._not_before.pop(key, None)

    async def close(self) -> None:
        """Stop: what is running is cancelled, what waits is forgotten."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for key in list(self._refreshing):
            self._refreshed(key, BotStopped())

    def _is_busy(self, key: str) -> bool:
        """Whether something is under way for a call; then what is due is looked at again after it."""
        busy = key in self._busy
        if busy:
            self._passed_over.add(key)
        return busy

    def _wake(self) -> None:
        self._timer = None
        self._start_due()

    def _start_due(self) -> None:
        """Have as many calls read at a time as are due and may be."""
        while (key := self._next_due()) is not None:
            self._start(key, self._read)

    def _next_due(self) -> str | None:
        """Take the call that is to be read now; None when there is none, or none may be."""
        while self._waiting and len(self._busy) < _CONCURRENT and not self._closed:
            urgency, _, key = self._waiting[0]
            if self._asked.get(key) != urgency:  # asked again, more urgently, and already read
                heapq.heappop(self._waiting)
                continue
            if self._is_busy(key):  # with a keep-alive that was not there when it was asked
                del self._asked[key]
                continue
            wait = self._budget.take()
            if wait:
                self._timer = self._timer or self._clock.call_later(wait, self._wake)
                return None
            heapq.heappop(self._waiting)
            del self._asked[key]
            self._busy.add(key)
            return key
        return None

    def _start(self, key: str, request: Request) -> None:
        task = asyncio.create_task(
            self._work(key, request), name="reconcile", context=self._surroundings.copy()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, key: str | None, request: Request) -> None:
        """Do `request` for a call, and then read what else is due: not every read needs a task of its own."""
        try:
            await asyncio.sleep(0)  # the host's tasks begin at once: not within what has asked
            while key is not None:
                await self._run(key, request)
                self._done(key)
                key, request = self._next_due(), self._read
        finally:
            if key is not None:
                self._done(key)
            if not self._closed:
                self._start_due()

    async def _run(self, key: str, request: Request) -> None:
        record = self._record_of(key)
        if record is None or record.ended:
            self._refreshed(key, None)
        else:
            await self._attempt(record, request)

    def _done(self, key: str) -> None:
        self._busy.discard(key)
        if not self._closed:
            self._look_again(key)

    def _look_again(self, key: str) -> None:
        """See to what was asked for while something else was under way."""
        passed_over = key in self._passed_over
        self._passed_over.discard(key)
        if key in self._refreshing:
            self.ask(key, "asked for", Urgency.ASKED)
        elif passed_over:
            self._retry(key, 0.0)

    async def _attempt(self, record: Record, request: Request) -> None:
        CONTEXT.set(record.context())
        try:
            await request(record)
        except CallNotFound:
            await self._deliver(record.key, Gone(self._clock.time()))
            self._refreshed(record.key, None)
        except Exception as error:  # noqa: BLE001 - a call that is not read again would be lost
            self._failed(record, error)
            await asyncio.sleep(0)  # it may not have waited at all, as where no tenant is known
            return
        self._failures.pop(record.key, None)
        self._not_before.pop(record.key, None)

    def _refreshed(self, key: str, error: Exception | None) -> None:
        """Wake who waits for a read of this call."""
        waiting = self._refreshing.pop(key, None)
        if waiting is None or waiting.done():
            return
        if error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(error)

    async def _read(self, record: Record) -> None:
        asked_at = self._clock.time()
        resource = await self._graph.get_call(record.id, tenant=record.tenant_id)
        if resource.id is None and resource.state is None:
            raise Unavailable("Graph reported success without a call", verb="get_call")
        read = Read(at=self._clock.time(), asked_at=asked_at, resource=resource.to_wire())
        await self._deliver(record.key, read)
        if _may_have_roster(record):
            await self._read_roster(record)
        self._refreshed(record.key, None)

    async def _read_roster(self, record: Record) -> None:
        """A read of the call does not carry its roster."""
        asked_at = self._clock.time()
        try:
            participants = await self._graph.list_participants(record.id, tenant=record.tenant_id)
        except CallNotFound:
            raise
        except GraphError as error:  # the call itself was read
            _log.info("roster could not be read", status=error.status, code=error.code)
            return
        documents = [participant.to_wire() for participant in participants]
        await self._deliver(record.key, RosterRead(self._clock.time(), asked_at, documents))

    async def _send_keep_alive(self, record: Record) -> None:
        await self._graph.keep_alive(record.id, tenant=record.tenant_id)
        await self._deliver(record.key, KeptAlive(self._clock.time()))

    def _failed(self, record: Record, error: Exception) -> None:
        now = self._record_of(record.key)
        if now is None or now.ended:  # meanwhile: there is nothing to try again
            self._refreshed(record.key, None)
            return
        told = error if isinstance(error, GraphError) else None
        self._failures[record.key] += 1
        wait = min(_FIRST_RETRY * 2.0 ** min(self._failures[record.key] - 1, _DOUBLINGS), _LAST_RETRY)
        asked = told.retry_after if told is not None else None
        wait = max(wait, asked or 0.0)
        self._not_before[record.key] = self._clock.monotonic() + wait
        self._refreshed(record.key, error)
        if isinstance(error, Throttled):
            self._budget.pause(asked or wait)
            self.paused += asked or wait
        severe = told is None or isinstance(error, AuthenticationFailed | PermissionDenied)
        (_log.warning if severe else _log.info)(
            "call could not be read, trying again",
            error=type(error).__name__,
            status=told.status if told else None,
            code=told.code if told else None,
            request_id=told.request_id if told else None,
            retry_in=wait,
            exc_info=None if isinstance(error, CallbotError) else error,
        )
        self._retry(record.key, wait)


def _may_have_roster(record: Record) -> bool:
    """Whether the call has more than two sides; a plain one-to-one call has no roster to read."""
    targets = record.resource.get("targets")
    several = isinstance(targets, list) and len(targets) > 1
    return bool(record.roster) or several or record.resource.get("meetingInfo") is not None
