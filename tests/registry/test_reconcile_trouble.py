"""Reads that fail in ways nobody reckoned with: the call is looked after all the same."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from callbot import Unavailable
from callbot.model import CallResource, Participant, call_key
from callbot.registry import Reconciler, Urgency
from callbot.state import Gone, Observation, Record, fold
from callbot.testing import ManualClock, settle
from tests.state.wire import CALL_ID, created

KEY = call_key(CALL_ID)


@dataclass
class Broken:
    """A Graph client with a fault of its own."""

    error: Exception
    asked: int = 0
    hold: asyncio.Event | None = None

    async def get_call(self, call_id: str, *, tenant: str | None) -> CallResource:
        self.asked += 1
        if self.hold is not None:
            await self.hold.wait()
        raise self.error

    async def list_participants(self, call_id: str, *, tenant: str | None) -> Sequence[Participant]:
        return []

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        raise self.error


@dataclass
class Bench:
    error: Exception = field(default_factory=lambda: OverflowError("a bug"))
    clock: ManualClock = field(default_factory=ManualClock)
    retries: list[float] = field(default_factory=list)
    record: Record | None = field(default_factory=lambda: fold(None, created()).record)

    def __post_init__(self) -> None:
        self.graph = Broken(self.error)
        self.reconciler = Reconciler(
            self.graph,
            lambda _: self.record,
            clock=self.clock,
            rate=100.0,
            deliver=self.deliver,
            retry=lambda _, seconds: self.retries.append(seconds),
        )

    async def deliver(self, _: str, observation: Observation) -> None:
        self.record = fold(self.record, observation).record


async def test_an_error_nobody_reckoned_with_is_tried_again_like_any_other() -> None:
    bench = Bench()
    bench.reconciler.ask(KEY, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.retries == [2.0]
    await bench.reconciler.close()


async def test_who_waits_for_a_read_that_breaks_is_told_and_it_is_not_read_in_a_circle() -> None:
    bench = Bench()
    with pytest.raises(OverflowError):
        await bench.reconciler.refresh(KEY)
    await bench.clock.advance(1.0)
    assert bench.graph.asked == 1
    await bench.reconciler.close()


async def test_a_call_that_cannot_be_read_for_weeks_is_still_tried() -> None:
    bench = Bench(error=Unavailable("down", verb="get_call"))
    for _ in range(1100):
        await bench.clock.advance(301.0)
        bench.reconciler.ask(KEY, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.graph.asked == 1100
    assert len(bench.retries) == 1100
    assert bench.retries[-1] == 300.0
    await bench.reconciler.close()


async def test_a_wait_that_wall_time_cannot_express_is_none() -> None:
    bench = Bench(error=Unavailable("down", verb="get_call"))
    bench.reconciler.ask(KEY, "doubt", Urgency.DOUBT)
    await settle()
    await bench.clock.advance(2.0 - 1e-8)
    bench.reconciler.ask(KEY, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.graph.asked == 2
    assert bench.retries == [2.0, 4.0]  # not one that is due at once, for ever
    await bench.reconciler.close()


async def test_nothing_is_remembered_of_a_read_that_fails_after_the_call_has_ended() -> None:
    bench = Bench(error=Unavailable("down", verb="get_call"))
    bench.graph.hold = asyncio.Event()
    bench.reconciler.ask(KEY, "doubt", Urgency.DOUBT)
    await settle()
    await bench.deliver(KEY, Gone(bench.clock.time()))
    bench.reconciler.forget(KEY)
    bench.graph.hold.set()
    await settle()
    assert bench.retries == []
    assert not bench.reconciler._failures
    assert not bench.reconciler._not_before
    await bench.reconciler.close()
