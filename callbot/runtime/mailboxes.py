"""The first of the two queues of a call: what was seen of it, in the order of arrival.

A mailbox exists only while something is in it; an idle call has no queue and no task. What is put into an
empty one is worked on at once, and where that never has to wait it is done when `post` returns.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from callbot.clock import Clock
from callbot.errors import LeaseLost, StoreError, UnfitRecord
from callbot.log import CONTEXT, Context, get_logger
from callbot.runtime.eager import start
from callbot.runtime.store_health import StoreHealth
from callbot.state import Change, Document, Observation

_log = get_logger(__name__)

_STORE_RETRY = 1.0


@dataclass(eq=False, slots=True)
class Seen:
    """An observation to fold, and the inbox entries it came from.

    `counts` is whether it takes room from callbacks: what is put into all mailboxes at once does not.
    """

    observation: Observation
    taken: Sequence[int] = ()
    counts: bool = True
    done: asyncio.Future[None] | None = None
    error: StoreError | None = None  # why it could not be done
    context: Context = field(default_factory=CONTEXT.get)


@dataclass(eq=False, slots=True)
class Finished:
    """A change whose handler has finished, and what the bot keeps of the call if that has changed."""

    change: Change
    data: Document | None = None
    done: asyncio.Future[None] | None = None
    error: StoreError | None = None  # why it could not be done
    context: Context = field(default_factory=CONTEXT.get)
    counts: ClassVar[bool] = True


@dataclass(eq=False, slots=True)
class Kept:
    """What the bot itself wants to remember of the call."""

    data: Document
    done: asyncio.Future[None] | None = None
    error: StoreError | None = None  # why it could not be done
    context: Context = field(default_factory=CONTEXT.get)
    counts: ClassVar[bool] = True


@dataclass(eq=False, slots=True)
class Expired:
    """The call's tombstone has been kept long enough."""

    done: asyncio.Future[None] | None = None
    error: StoreError | None = None  # why it could not be done
    context: Context = field(default_factory=CONTEXT.get)
    counts: ClassVar[bool] = True


Item = Seen | Finished | Kept | Expired
Work = Callable[[str, Item], Coroutine[None, None, None]]


class Mailboxes:
    """One queue per call; `work` is done for one item of a call at a time, and for many calls at once.

    `limit` bounds the items waiting over all calls, `limit_per_call` those of one, so that a call that
    floods the bot starves no other. `behind` says how many changes of a call wait for their handlers: those
    count as waiting here.
    """

    def __init__(
        self,
        work: Work,
        *,
        clock: Clock,
        limit: int,
        limit_per_call: int,
        behind: Callable[[str], int] = lambda _: 0,
        health: StoreHealth | None = None,
    ) -> None:
        self._work = work
        self._clock = clock
        self._limit = limit
        self._limit_per_call = limit_per_call
        self._behind = behind
        self._health = health or StoreHealth()
        self._boxes: dict[str, deque[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.waiting = 0  # those that are being worked on included
        self._closed = False
        self._naps: set[asyncio.Future[None]] = set()  # between two tries
        self._counted = 0  # of those: a round through all calls takes no room from callbacks

    def has_room(self, keys: Sequence[str]) -> bool:
        """Whether one more item for each of `keys` would be within the limits."""
        if self._counted + len(keys) > self._limit:
            return False
        if len(keys) == 1:
            return self._has_room(keys[0], 1)
        return all(self._has_room(key, items) for key, items in Counter(keys).items())

    def _has_room(self, key: str, items: int) -> bool:
        box = self._boxes.get(key)
        here = 0 if box is None else len(box) + 1
        return here + self._behind(key) + items <= self._limit_per_call

    def post(self, key: str, item: Item) -> bool:
        """Put an item into the mailbox of a call; returns whether it is done already.

        Once the mailboxes are closed nothing is done any more: what came from the store is in its inbox.
        """
        if self._closed:
            item.error = LeaseLost("the bot stops: this process looks after calls no longer")
            return True
        self.waiting += 1
        self._counted += item.counts
        box = self._boxes.get(key)
        if box is not None:
            box.append(item)
            return False
        box = self._boxes[key] = deque()
        before = CONTEXT.get()
        task = start(self._work_off(key, box, item))
        if CONTEXT.get() is not before:
            CONTEXT.set(before)  # work that never waited was done in the task of whoever posts
        if task is None:
            return True
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return False

    async def done(self, key: str, item: Item) -> None:
        """Put an item into the mailbox of a call, and return when it is done.

        Raises `LeaseLost` when another process looks after the call now, or the bot stops.
        """
        if not self.post(key, item):
            item.done = asyncio.get_running_loop().create_future()
            await item.done
        if item.error is not None:
            raise item.error

    async def idle(self) -> None:
        """Return when every mailbox is empty."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def close(self) -> None:
        """Take nothing more, and try nothing again that the store has refused."""
        self._closed = True
        for nap in self._naps:
            _wake(nap)

    async def cancel(self) -> None:
        """Close, and stop where it stands; what is still in a mailbox stays in the store's inbox."""
        self.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_off(self, key: str, box: deque[Item], item: Item) -> None:
        try:
            while True:
                try:
                    await self._work(key, item)
                except Exception as error:  # noqa: BLE001 - one item must not stop the mailbox
                    if await self._is_to_be_tried_again(item, error):
                        continue
                self._uncount(item)
                if item.done is not None and not item.done.done():
                    item.done.set_result(None)
                if not box:
                    break
                item = box.popleft()
        except BaseException:
            self._give_up(item, *box)
            raise
        finally:
            del self._boxes[key]

    async def _nap(self) -> None:
        nap: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._naps.add(nap)
        timer = self._clock.call_later(_STORE_RETRY, lambda: _wake(nap))
        try:
            await nap
        finally:
            timer.cancel()
            self._naps.discard(nap)

    def _uncount(self, item: Item) -> None:
        self.waiting -= 1
        self._counted -= item.counts

    def _give_up(self, *items: Item) -> None:
        """Let nobody wait for what will not be done any more."""
        for item in items:
            self._uncount(item)
            item.error = LeaseLost("the bot stops: this process looks after calls no longer")
            if item.done is not None and not item.done.done():
                item.done.set_result(None)

    async def _is_to_be_tried_again(self, item: Item, error: Exception) -> bool:
        """Say whether what has failed may yet be done, once there was time; else the item says why not."""
        match error:
            case LeaseLost():
                _log.warning("call is looked after by another process now")
                item.error = error
            case UnfitRecord():
                _log.error("observation cannot be kept", error=str(error))
                item.error = error
            case StoreError():
                self._health.failed("record")
                _log.error("store does not take the record, trying again", error=type(error).__name__)
                if not self._closed:
                    await self._nap()
                if not self._closed:
                    return True
                item.error = error
            case _:
                _log.error("observation could not be folded", exc_info=error)
        return False


def _wake(nap: asyncio.Future[None]) -> None:
    if not nap.done():
        nap.set_result(None)
