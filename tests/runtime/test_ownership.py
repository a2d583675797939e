"""The lease on the calls: taking over, losing it, and stopping, with a store that fails in the middle."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from callbot import BotStopped, Call, CallBot, CallState, StoreError, Transition, User
from callbot.clock import sleep
from callbot.model import CallResource
from callbot.runtime import Runtime
from callbot.runtime.ownership import Ownership
from callbot.state import Record
from callbot.store import Entry, Lease, MemoryStore
from callbot.testing import ManualClock, settle
from callbot.testing.stores.base import put
from tests.runtime.test_restart import Noting, keep, unhandled
from tests.runtime.test_restart import settings as on_file
from tests.runtime.test_trouble import KEY, Graph, callback, item, settings
from tests.state.wire import state

LEASE = 4.0  # seconds
SOMEBODY = User("11111111-2222-3333-4444-555555555555")


class SharedStore(MemoryStore):
    """A store that several runtimes of one test use, as processes use a file.

    What is in `fails` fails so often; to read the records takes `load_takes` seconds.
    """

    shared = True

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.fails: Counter[str] = Counter()
        self.load_takes = 0.0

    def _may_fail(self, what: str) -> None:
        if self.fails[what]:
            self.fails[what] -= 1
            raise StoreError("database is locked")

    async def expire(self, ended_before: float) -> int:
        self._may_fail("expire")
        return await super().expire(ended_before)

    async def records(self) -> AsyncIterator[Record]:
        async for record in super().records():
            yield record
        self._may_fail("records")
        if self.load_takes:
            await sleep(self._clock, self.load_takes)

    async def inbox(self, after: int = 0) -> AsyncIterator[Entry]:
        self._may_fail("inbox")
        async for entry in super().inbox(after):
            yield entry

    async def release(self, leases: Sequence[Lease]) -> None:
        self._may_fail("release")
        await super().release(leases)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> SharedStore:
    shared = SharedStore(clock)
    monkeypatch.setattr("callbot.runtime.runtime.open_store", lambda *_, **__: shared)
    return shared


async def started(bot: CallBot, clock: ManualClock) -> Runtime:
    runtime = Runtime(bot, settings(), clock=clock)
    runtime.caretaker._reconciler._graph = Graph(clock)
    await runtime.start()
    return runtime


# -- taking over -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["expire", "records", "inbox"])
async def test_a_store_that_fails_during_a_takeover_lets_no_handler_run_twice(
    store: SharedStore, clock: ManualClock, what: str
) -> None:
    first = await started(CallBot(), clock)
    bot = Noting()
    second = await started(bot, clock)
    await put(store, unhandled(state("incoming")))
    store.fails[what] = 2

    await first.stop()
    for _ in range(8):
        await clock.advance(0.25)
    assert second.ownership.held
    assert store.fails[what] == 0
    await second.intake.look_into_inbox()
    assert [one.redelivered for one in bot.told if one.new == "incoming"] == [True]
    await second.stop()


async def test_a_process_that_cannot_take_over_leaves_the_calls_to_another(
    store: SharedStore, clock: ManualClock
) -> None:
    """As one that does not know the store's documents, being of an earlier version."""
    first = await started(CallBot(), clock)
    second = await started(CallBot(), clock)
    third = await started(CallBot(), clock)

    async def fails(_: Lease) -> None:
        raise StoreError("the store was written by a newer callbot")

    second.ownership._gained = fails
    await first.stop()
    await clock.advance(LEASE)
    assert (second.ownership.held, third.ownership.held) == (False, True)
    await second.stop()
    await third.stop()


async def test_a_call_that_cannot_be_taken_up_keeps_no_other_from_it(
    store: SharedStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, unhandled(state("incoming")))
    await put(store, unhandled(state("incoming"))._replace(key="broken", id="broken"))
    bot = Noting()
    runtime = Runtime(bot, settings(), clock=clock)
    take_up = runtime.caretaker.take_up

    def fails(record: Record) -> None:
        if record.key == "broken":
            raise TypeError
        take_up(record)

    monkeypatch.setattr(runtime.caretaker, "take_up", fails)
    runtime.caretaker._reconciler._graph = Graph(clock)
    await runtime.start()
    await settle()
    assert [one.new for one in bot.told].count(CallState.INCOMING) == 2
    await runtime.stop()


async def test_a_takeover_may_take_longer_than_the_lease(store: SharedStore, clock: ManualClock) -> None:
    first = await started(CallBot(), clock)
    heirs = [await started(CallBot(), clock) for _ in range(2)]
    store.load_takes = 2.5 * LEASE
    await first.stop()
    for _ in range(48):
        await clock.advance(0.25)
    assert sorted(one.ownership.held for one in heirs) == [False, True]
    assert not any(one.ownership.lost for one in heirs)
    for one in heirs:
        await one.stop()


async def test_a_lease_that_is_lost_during_a_takeover_leaves_everything_as_it_was(
    store: SharedStore, clock: ManualClock
) -> None:
    await put(store, unhandled(state("incoming")))
    store.load_takes = LEASE
    bot = Noting()
    runtime = Runtime(bot, settings(), clock=clock)
    runtime.caretaker._reconciler._graph = Graph(clock)
    starting = asyncio.create_task(runtime.start())
    await settle()
    store._leases.held.clear()
    await store.acquire("calls", "another", LEASE)
    await clock.advance(1.0)
    await starting
    assert (runtime.ownership.held, runtime.ownership.lost, bot.told) == (False, False, [])
    store._leases.held.clear()
    for _ in range(20):
        await clock.advance(0.25)
    assert [one.redelivered for one in bot.told if one.new == "incoming"] == [True]
    await runtime.stop()


# -- keeping it ------------------------------------------------------------------------------------------


async def test_the_lease_is_kept_when_something_unforeseen_fails(
    store: SharedStore, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[float] = []

    async def turn() -> None:
        turns.append(clock.monotonic())
        if len(turns) == 2:
            raise ValueError

    async def nothing(_: Lease | None = None) -> None:
        pass

    ownership = Ownership(store, clock, gained=nothing, lost=nothing, each_turn=turn)
    await ownership.start()
    for _ in range(10):
        await clock.advance(1.0)
    assert len(turns) == 11
    assert ownership.held
    assert caplog.text.count("looking after the lease on the calls failed, going on") == 1
    await ownership.stop()


# -- stopping --------------------------------------------------------------------------------------------


@pytest.fixture
def no_threads() -> Iterator[None]:
    """A store's threads end with it: one that is left keeps the process alive."""
    before = set(threading.enumerate())
    yield
    for one in set(threading.enumerate()) - before:
        one.join(5.0)
        assert not one.is_alive()


@pytest.mark.usefixtures("no_threads")
async def test_a_start_that_fails_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calls.db"
    await keep(path, unhandled(state("incoming")))
    runtime = Runtime(CallBot(), on_file(path), clock=ManualClock())

    async def fails(_: Lease | None) -> Sequence[Record]:
        raise StoreError("the store was written by a newer callbot")

    monkeypatch.setattr(runtime.registry, "load", fails)
    with pytest.raises(StoreError, match="newer"):
        await runtime.start()
    with pytest.raises(StoreError, match="not open"):
        await runtime._store.get(KEY)
    heir = Runtime(CallBot(), on_file(path), clock=ManualClock())
    await heir.start()
    assert heir.ownership.held, "the lease was given back"
    await heir.stop()


@pytest.mark.usefixtures("no_threads")
async def test_a_stop_closes_everything_although_the_lease_cannot_be_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bot = CallBot()
    runtime = Runtime(bot, on_file(tmp_path / "calls.db"), clock=ManualClock())
    await runtime.start()

    async def fails(_: Sequence[Lease]) -> None:
        raise StoreError("database is locked")

    monkeypatch.setattr(runtime._store, "release", fails)
    await runtime.stop()
    assert "lease on the calls could not be given back" in caplog.text


@pytest.mark.usefixtures("no_threads")
async def test_a_stop_closes_everything_although_the_drain_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(CallBot(), on_file(tmp_path / "calls.db"), clock=ManualClock())
    await runtime.start()

    async def fails() -> None:
        raise StoreError("database is locked")

    monkeypatch.setattr(runtime._drain, "run", fails)
    with pytest.raises(StoreError):
        await runtime.stop()


# -- who waits when it is over ---------------------------------------------------------------------------


class Holding(CallBot):
    """Keeps the handle of its call."""

    call: Call

    async def on_established(self, call: Call, transition: Transition) -> None:
        self.call = call


async def test_nobody_waits_for_calls_that_another_process_has_taken_over(
    store: SharedStore, clock: ManualClock
) -> None:
    bot = Holding()
    runtime = await started(bot, clock)
    await runtime.intake.accept(callback(runtime, item("established")))
    await settle()
    waiting = asyncio.create_task(bot.call.until(CallState.HOLD))
    store._leases.held.clear()
    heir = await started(CallBot(), clock)
    await clock.advance(1.0)
    assert runtime.ownership.lost
    with pytest.raises(BotStopped):
        await waiting
    for late in (bot.call.until(CallState.HOLD), bot.call.refresh(), bot.place_call(SOMEBODY)):
        with pytest.raises(BotStopped, match="another process"):
            await asyncio.wait_for(late, 1)
    await runtime.stop()
    await heir.stop()


async def test_nobody_waits_for_a_bot_that_has_stopped(store: SharedStore, clock: ManualClock) -> None:
    bot, placing = Holding(), CallBot()
    runtime = await started(bot, clock)
    other = await started(placing, clock)
    await runtime.intake.accept(callback(runtime, item("established")))
    await settle()
    runtime.caretaker._reconciler._graph = Silent(clock)
    waiting = [
        asyncio.create_task(one)
        for one in (bot.call.until(CallState.HOLD), bot.call.refresh(), placing.place_call(SOMEBODY))
    ]
    await settle()
    await other.stop()
    await runtime.stop()
    told = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 1)
    assert [type(one) for one in told] == [BotStopped] * 3
    with pytest.raises(BotStopped):
        await asyncio.wait_for(bot.call.refresh(), 1)


class Silent(Graph):
    """Never answers."""

    async def get_call(self, call_id: str, *, tenant: str | None) -> CallResource:
        await asyncio.Event().wait()
        raise AssertionError
