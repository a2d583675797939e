"""Mailboxes: the order within a call, the independence of calls, the limits."""

import asyncio

import pytest

from callbot import StoreError
from callbot.errors import LeaseLost
from callbot.runtime.mailboxes import Item, Mailboxes, Seen
from callbot.runtime.timers import Timers
from callbot.testing import ManualClock, settle
from tests.state.wire import gone


class Works:
    """Notes what is done; calls in `held` wait for their event."""

    def __init__(self) -> None:
        self.done: list[tuple[str, float]] = []
        self.held: dict[str, asyncio.Event] = {}
        self.errors: list[Exception] = []

    async def __call__(self, key: str, item: Item) -> None:
        if key in self.held:
            await self.held[key].wait()
        if self.errors:
            raise self.errors.pop(0)
        assert isinstance(item, Seen)
        self.done.append((key, item.observation.at))


def item(number: float) -> Seen:
    return Seen(gone(at=number))


def mailboxes(work: Works, clock: ManualClock | None = None, limit: int = 10, per_call: int = 5) -> Mailboxes:
    return Mailboxes(work, clock=clock or ManualClock(), limit=limit, limit_per_call=per_call)


async def test_items_of_a_call_are_done_in_order_and_one_at_a_time() -> None:
    work = Works()
    boxes = mailboxes(work)
    for number in range(4):
        boxes.post("a", item(number))
    await boxes.idle()
    assert work.done == [("a", 0), ("a", 1), ("a", 2), ("a", 3)]
    assert boxes.waiting == 0


async def test_a_call_that_waits_holds_up_no_other() -> None:
    work = Works()
    work.held["a"] = asyncio.Event()
    boxes = mailboxes(work)
    boxes.post("a", item(1))
    boxes.post("b", item(2))
    await settle()
    assert work.done == [("b", 2)]
    work.held["a"].set()
    await boxes.idle()
    assert work.done == [("b", 2), ("a", 1)]


async def test_there_is_room_up_to_the_limit_of_a_call_and_of_all() -> None:
    work = Works()
    work.held = {key: asyncio.Event() for key in "ab"}
    boxes = mailboxes(work, limit=8, per_call=5)
    for number in range(4):
        boxes.post("a", item(number))
    assert boxes.has_room(["a"])
    assert not boxes.has_room(["a", "a"])
    assert boxes.has_room(["b"] * 4)
    assert not boxes.has_room(["b", "c", "d", "e", "f"])
    for key in "ab":
        work.held[key].set()
    await boxes.idle()
    assert boxes.has_room(["a"] * 5)


async def test_an_item_the_store_does_not_take_is_tried_again_until_it_does() -> None:
    work, clock = Works(), ManualClock()
    work.errors = [StoreError("disk full"), StoreError("disk full")]
    boxes = mailboxes(work, clock)
    boxes.post("a", item(1))
    boxes.post("a", item(2))
    await clock.advance(1.0)
    assert work.done == []
    await clock.advance(1.0)
    assert work.done == [("a", 1), ("a", 2)]


async def test_an_item_that_cannot_be_done_does_not_stop_the_mailbox() -> None:
    work = Works()
    work.errors = [ValueError("a bug")]
    boxes = mailboxes(work)
    boxes.post("a", item(1))
    boxes.post("a", item(2))
    await boxes.idle()
    assert work.done == [("a", 2)]


async def test_who_waits_for_an_item_is_told_when_it_is_done_and_when_it_never_will_be() -> None:
    work = Works()
    boxes = mailboxes(work)
    await boxes.done("a", item(1))
    assert work.done == [("a", 1)]
    work.held["b"] = asyncio.Event()
    never = [asyncio.create_task(boxes.done("b", item(number))) for number in range(3)]
    await settle()
    await boxes.cancel()
    outcomes = await asyncio.gather(*never, return_exceptions=True)
    assert [type(one) for one in outcomes] == [LeaseLost] * 3
    assert boxes.waiting == 0
    assert boxes.has_room(["b"] * 5)
    with pytest.raises(LeaseLost):
        await boxes.done("c", item(1))
    assert work.done == [("a", 1)]


async def test_what_never_waits_is_done_when_it_is_posted() -> None:
    work = Works()
    boxes = mailboxes(work)
    assert boxes.post("a", item(1))
    assert work.done == [("a", 1)]
    assert boxes.waiting == 0


async def test_what_is_posted_from_within_comes_after_it() -> None:
    order: list[float] = []

    async def work(key: str, one: Item) -> None:
        assert isinstance(one, Seen)
        if one.observation.at == 1:
            assert not boxes.post(key, item(2))
        order.append(one.observation.at)

    boxes = Mailboxes(work, clock=ManualClock(), limit=10, limit_per_call=5)
    assert boxes.post("a", item(1))
    assert order == [1, 2]


async def test_timers_call_each_key_at_its_time_and_only_once() -> None:
    clock = ManualClock()
    called: list[tuple[str, float]] = []
    began = clock.time()
    timers = Timers(clock, lambda key: called.append((key, clock.time() - began)))
    timers.set("late", began + 100.0)
    timers.set("soon", began + 5.0)
    timers.set("late", began + 200.0)
    timers.set("late", began + 50.0)
    await clock.advance(300.0)
    assert called == [("soon", 5.0), ("late", 50.0)]


async def test_a_stopped_timer_calls_nobody() -> None:
    clock = ManualClock()
    called: list[str] = []
    timers = Timers(clock, called.append)
    timers.set("a", clock.time() + 1.0)
    timers.stop()
    await clock.advance(10.0)
    assert called == []


async def test_once_they_are_closed_nothing_waits_for_a_store_that_refuses() -> None:
    work, clock = Works(), ManualClock()
    work.errors = [StoreError("the disk is full")] * 3
    boxes = mailboxes(work, clock)
    waiting = [asyncio.ensure_future(boxes.done("a", item(number))) for number in range(3)]
    await settle()
    boxes.close()
    outcomes = await asyncio.wait_for(
        asyncio.gather(*waiting, return_exceptions=True), 10
    )  # of the real clock
    assert [type(outcome) for outcome in outcomes] == [StoreError] * 3
