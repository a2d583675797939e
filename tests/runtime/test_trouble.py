"""What a hostile or unlucky world does to a running bot: floods, clocks, odd senders, stubborn handlers."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callbot import Call, CallBot, RosterChange, Settings, Tone, Transition
from callbot.model import CallResource, CallState, Notification, Participant, call_key
from callbot.runtime import Runtime
from callbot.runtime.mailboxes import Item, Seen
from callbot.state import Doubted, Notified
from callbot.store import Entry, MemoryStore
from callbot.testing import ManualClock, settle
from callbot.webhook import Callback, Caller, Full
from tests.state.wire import APP_ID, CALL_ID, TENANT_ID, person

KEY = call_key(CALL_ID)
ELSEWHERE = "99999999-6f0e-4f0a-8a53-5a6e5d3c2b10"


class Graph:
    """Graph as far as it is asked here: every call is established, for ever."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.read: list[float] = []
        self.kept_alive: list[float] = []

    async def get_call(self, call_id: str, *, tenant: str | None) -> CallResource:
        self.read.append(self.clock.monotonic())
        return CallResource.view({"id": call_id, "state": "established"})

    async def list_participants(self, call_id: str, *, tenant: str | None) -> list[Participant]:
        return []

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        self.kept_alive.append(self.clock.monotonic())


class SettableClock(ManualClock):
    """A clock somebody sets."""

    def set_back(self, seconds: float) -> None:
        self._epoch -= seconds


def settings(store: str = "memory://", **more: object) -> Settings:
    values: dict[str, object] = {
        "app_id": APP_ID,
        "tenant_id": TENANT_ID,
        "client_secret": "never sent",
        "callback_url": "https://localhost/api/calls",
        "graph_root": "https://localhost",
        "store": store,
    }
    return Settings(**(values | more))


@asynccontextmanager
async def running(
    bot: CallBot, clock: ManualClock, store: str = "memory://", **more: object
) -> AsyncIterator[tuple[Runtime, Graph]]:
    runtime, graph = Runtime(bot, settings(store, **more), clock=clock), Graph(clock)
    runtime.caretaker._reconciler._graph = graph
    await runtime.start()
    try:
        yield runtime, graph
    finally:
        await runtime.stop()


def item(
    state: str | None = None, call_id: str = CALL_ID, change: str = "updated", **data: object
) -> Mapping[str, object]:
    stated = {} if state is None else {"state": state}
    return {
        "changeType": change,
        "resourceUrl": f"/communications/calls/{call_id}",
        "resourceData": {**stated, **data},
    }


def tone(number: int) -> Mapping[str, object]:
    return item("established", toneInfo={"sequenceId": number, "tone": f"tone{number}"})


def roster(*names: str) -> Mapping[str, object]:
    return {
        "changeType": "updated",
        "resourceUrl": f"/communications/calls/{CALL_ID}/participants",
        "resourceData": [person(name) for name in names],
    }


def callback(
    runtime: Runtime, *items: Mapping[str, object], tenant: str = TENANT_ID, chain: str | None = None
) -> Callback:
    found = tuple(Notification.from_item(one) for one in items)
    return Callback(Caller(APP_ID, tenant, 1e11), found, None, None, chain, runtime.clock.time())


async def idle(runtime: Runtime) -> None:
    while not runtime.idle:  # noqa: ASYNC110 - a store works in a thread
        await asyncio.sleep(0.001)


# -- who may speak of a call -----------------------------------------------------------------------------


async def test_a_process_that_only_accepts_does_not_let_another_tenant_end_a_call(tmp_path: Path) -> None:
    """It does not know the call, so whoever folds the notification has to look."""
    clock, store = ManualClock(), f"sqlite:////{tmp_path}/calls.db"
    async with running(CallBot(), clock, store) as (owner, _):
        await owner.intake.accept(callback(owner, item("established")))
        await idle(owner)
        async with running(CallBot(), clock, store) as (other, _):
            ended = item("terminated", change="deleted")
            await other.intake.accept(callback(other, ended, tenant=ELSEWHERE))
            await owner.intake.look_into_inbox()
            await idle(owner)
        record = owner.record(KEY)
        assert record is not None
        assert record.state is CallState.ESTABLISHED
        assert owner.registry.counts["foreign"] == 1


# -- once ------------------------------------------------------------------------------------------------


class SharedStore(MemoryStore):
    """Keeps entries, and is slow to say so."""

    shared = True

    def __init__(self) -> None:
        super().__init__()
        self.kept = asyncio.Event()
        self.go_on = asyncio.Event()

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        entries = await super().accept(notifications)
        self.kept.set()
        await self.go_on.wait()
        return entries


async def test_an_entry_that_a_look_finds_before_it_is_queued_is_folded_once() -> None:
    runtime, store = Runtime(CallBot(), settings(), clock=ManualClock()), SharedStore()
    runtime.intake._store = store
    await runtime.start()
    posted: list[Item] = []

    def count(key: str, item: Item) -> bool:
        posted.append(item)
        return False

    runtime._mailboxes.post = count  # type: ignore[method-assign]
    accepting = asyncio.create_task(runtime.intake.accept(callback(runtime, item("established"))))
    await store.kept.wait()
    await runtime.intake.look_into_inbox()
    store.go_on.set()
    await accepting
    await runtime.intake.look_into_inbox()
    assert len(posted) == 1
    await runtime.stop()


async def test_nothing_of_a_notification_is_remembered_once_it_is_handled() -> None:
    clock = ManualClock()
    async with running(CallBot(), clock, tombstone_seconds=60.0) as (runtime, _):
        for number in range(50):
            ended = item("terminated", f"call-{number}", "deleted")
            await runtime.intake.accept(callback(runtime, ended))
        await clock.advance(100.0)
        assert list(runtime.registry.live()) == []
        assert runtime.intake._queued == set()
        assert runtime.caretaker._timers._heap == []


# -- floods ----------------------------------------------------------------------------------------------


async def test_unreadable_callbacks_make_every_call_doubted_once_a_second_at_most() -> None:
    clock = ManualClock()
    async with running(CallBot(), clock) as (runtime, _):
        calls = [f"call-{number}" for number in range(20)]
        await runtime.intake.accept(callback(runtime, *(item("established", one) for one in calls)))
        await clock.advance(5.0)
        doubted: list[str] = []
        post = runtime._mailboxes.post

        def count(key: str, item: Item) -> bool:
            if isinstance(item, Seen) and isinstance(item.observation, Doubted):
                doubted.append(key)
            return post(key, item)

        runtime._mailboxes.post = count  # type: ignore[method-assign]
        for _ in range(50):
            runtime.intake.doubt(Caller(APP_ID, TENANT_ID, 1e11), None)
        assert len(doubted) == len(calls)
        await clock.advance(1.0)
        assert len(doubted) == 2 * len(calls)  # what came after the first may be news
        await clock.advance(10.0)
        assert len(doubted) == 2 * len(calls)


async def test_a_round_through_all_calls_takes_no_room_from_callbacks() -> None:
    async with running(CallBot(), ManualClock(), max_queued=10) as (runtime, _):
        for number in range(20):
            await runtime.intake.accept(callback(runtime, item("established", f"call-{number}")))
            await settle()
        runtime.intake.doubt(Caller(APP_ID, TENANT_ID, 1e11), None)
        await runtime.intake.accept(callback(runtime, item("established", "one-more")))


async def test_a_callback_full_of_nameless_notifications_is_complained_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(CallBot(), ManualClock()) as (runtime, _):
        await runtime.intake.accept(callback(runtime, *[{"changeType": "updated"}] * 500))
        assert runtime.intake.counts["no call"] == 500
    assert [one.message for one in caplog.records].count("notification names no call") == 1


class Deaf(CallBot):
    """Hears of tones and never finishes with the first."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def on_tone(self, call: Call, tone: Tone) -> None:
        await self.gate.wait()


async def test_what_waits_for_the_handlers_of_a_call_is_bounded() -> None:
    bot = Deaf()
    async with running(bot, ManualClock(), max_queued_per_call=10) as (runtime, _):
        for number in range(1, 11):
            await runtime.intake.accept(callback(runtime, tone(number)))
            await settle()
        with pytest.raises(Full):
            await runtime.intake.accept(callback(runtime, tone(11)))
        await runtime.intake.accept(callback(runtime, item("established", "another-call")))
        bot.gate.set()
        await settle(100)
        await runtime.intake.accept(callback(runtime, tone(11)))


# -- keys nobody has asked for yet -----------------------------------------------------------------------


class LateListener(CallBot):
    """Asks for tones only when somebody joins."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def on_roster(self, call: Call, change: RosterChange) -> None:
        call._tones.subscribed = True  # there is no Graph here to ask
        async for tone in call.tones():
            self.keys.append(tone.key)


async def test_tones_that_came_while_nobody_held_the_call_are_there_when_somebody_asks() -> None:
    bot = LateListener()
    async with running(bot, ManualClock()) as (runtime, _):
        for one in (item("established"), tone(1), roster("a"), tone(2), item("terminated", change="deleted")):
            await runtime.intake.accept(callback(runtime, one))
            await settle()
            gc.collect()
        assert bot.keys == ["1", "2"]
        gc.collect()
        assert runtime._handles.get(KEY) is None


# -- the clock -------------------------------------------------------------------------------------------


async def test_calls_are_looked_after_although_the_wall_clock_is_set_back_an_hour() -> None:
    clock = SettableClock()
    async with running(CallBot(), clock) as (runtime, graph):
        await runtime.intake.accept(callback(runtime, item("established")))
        await clock.advance(10.0)
        clock.set_back(3600.0)
        await clock.advance(2700.0)
        assert len(graph.kept_alive) >= 2
        assert len(graph.read) >= 5


async def test_a_record_from_the_future_is_looked_after_from_the_start(tmp_path: Path) -> None:
    """Its process had a clock that was ahead, or this machine's was set back while nobody ran."""
    clock, store = SettableClock(), f"sqlite:////{tmp_path}/calls.db"
    async with running(CallBot(), clock, store) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established")))
        await idle(runtime)
    clock.set_back(3600.0)
    async with running(CallBot(), clock, store) as (runtime, graph):
        for _ in range(90):
            await clock.advance(10.0)
            await idle(runtime)
        assert graph.kept_alive


# -- the end ---------------------------------------------------------------------------------------------


class Stubborn(CallBot):
    """Has a handler that does not let itself be cancelled."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def on_established(self, call: Call, transition: Transition) -> None:
        while not self.gate.is_set():
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                continue


async def test_a_handler_that_swallows_its_cancellation_does_not_keep_the_bot_from_stopping() -> None:
    bot, clock = Stubborn(), ManualClock()
    runtime = Runtime(bot, settings(drain_timeout=1.0), clock=clock)
    await runtime.start()
    await runtime.intake.accept(callback(runtime, item("established")))
    await settle()
    stopping = asyncio.create_task(runtime.stop())
    await clock.advance(20.0)
    assert stopping.done()
    bot.gate.set()
    await settle()
