"""Handlers that are cut off: by whoever cancels them, by another process, by the end of the bot."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path

import pytest
from pydantic import BaseModel

from callbot import Call, CallBot, HandlerFailure, Tone, Transition
from callbot.clock import sleep
from callbot.model import call_key
from callbot.runtime import Runtime
from callbot.state import Notified, Read, Record
from callbot.store import Entry, MemoryStore
from callbot.store.leases import Lease
from callbot.testing import ManualClock, settle
from callbot.webhook import Caller
from tests.eager import eager_tasks
from tests.runtime.test_trouble import KEY, callback, item, running, settings, tone
from tests.state.wire import APP_ID, TENANT_ID

OTHER = "1c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a02"


class Noting(CallBot):
    """Notes what it is told; `established` waits until it is cut off."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.errors: list[Exception] = []
        self.task: asyncio.Task[object] | None = None

    async def on_established(self, call: Call, transition: Transition) -> None:
        self.told.append("established")
        self.task = asyncio.current_task()
        await asyncio.get_running_loop().create_future()

    async def on_tone(self, call: Call, tone: Tone) -> None:
        self.told.append(f"tone {tone.sequence_id}")

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.told.append("terminated")

    async def on_error(self, call: Call, failure: HandlerFailure) -> None:
        self.errors.append(failure.error)


async def test_a_handler_that_somebody_cancels_is_a_failure_and_the_next_ones_run() -> None:
    bot = Noting()
    async with running(bot, ManualClock()) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established"), tone(1)))
        await settle()
        assert bot.task is not None
        bot.task.cancel()
        await settle()
        assert bot.told == ["established", "tone 1"]
        assert [str(one) for one in bot.errors] == ["the handler was cancelled: "]
        await runtime.intake.accept(callback(runtime, item("terminated", change="deleted")))
        await settle()
        assert bot.told == ["established", "tone 1", "terminated"]
        record = runtime.record(KEY)
        assert record is not None
        assert record.unhandled == ()


class CancelsItself(Noting):
    async def on_established(self, call: Call, transition: Transition) -> None:
        self.told.append("established")
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # it arrives when the handler has returned


class FailsTwice(Noting):
    async def on_established(self, call: Call, transition: Transition) -> None:
        self.told.append("established")
        raise KeyError

    async def on_error(self, call: Call, failure: HandlerFailure) -> None:
        other = asyncio.ensure_future(asyncio.Event().wait())
        other.cancel()
        await other


@pytest.mark.parametrize("bot", [CancelsItself(), FailsTwice()], ids=["of itself", "of another, in on_error"])
async def test_a_cancellation_that_escapes_ends_no_other_handler(bot: Noting) -> None:
    async with running(bot, ManualClock()) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established"), tone(1), tone(2)))
        await settle()
        assert bot.told == ["established", "tone 1", "tone 2"]


async def test_the_handler_of_the_end_takes_its_time_also_where_tasks_begin_at_once() -> None:
    class Thorough(Noting):
        async def on_terminated(self, call: Call, transition: Transition) -> None:
            await sleep(runtime.clock, 60.0)
            self.told.append("terminated")

    bot, clock = Thorough(), ManualClock()
    async with running(bot, clock) as (runtime, _):
        with eager_tasks():
            await runtime.intake.accept(callback(runtime, item("terminated", change="deleted")))
            await clock.advance(61.0)
        assert bot.told == ["terminated"]


SECRET: ContextVar[str] = ContextVar("secret", default="")


async def test_no_handler_sees_what_the_handler_of_another_call_has_set() -> None:
    seen: list[str] = []

    class Sets(CallBot):
        async def on_established(self, call: Call, transition: Transition) -> None:
            seen.append(SECRET.get())
            SECRET.set("of the first call")
            if call.id != OTHER:
                now = runtime.clock.time()
                await runtime.observe(call_key(OTHER), Read(now, now, {"id": OTHER, "state": "established"}))

    async with running(Sets(), ManualClock()) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("establishing", call_id=OTHER)))
        await runtime.intake.accept(callback(runtime, item("established")))
        await settle()
    assert seen == ["", ""]


def use(runtime: Runtime, store: MemoryStore) -> None:
    runtime._store = runtime.registry._store = runtime.intake._store = runtime.ownership._store = store


class Overtaken(MemoryStore):
    """A store whose lease another process takes over, once `overtaken` is set."""

    overtaken = False

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        if self.overtaken:
            await self.release([fence] if fence is not None else [])
        await super().put(record, taken, fence)


async def test_a_process_that_was_overtaken_begins_no_further_handler() -> None:
    bot, store = Noting(), Overtaken()
    runtime = Runtime(bot, settings(), clock=ManualClock())
    use(runtime, store)
    await runtime.start()
    await runtime.intake.accept(callback(runtime, item("established"), tone(1), tone(2)))
    await settle()
    store.overtaken = True
    assert bot.task is not None
    bot.task.cancel()
    await settle()
    assert bot.told == ["established"]
    assert runtime.handlers == 0
    await runtime.stop()


class Slow(MemoryStore):
    """A store that takes its time while `gate` is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        await self.gate.wait()
        await super().put(record, taken, fence)


async def test_that_a_handler_has_ended_is_written_before_the_bot_has_stopped() -> None:
    class Quick(Noting):
        async def on_established(self, call: Call, transition: Transition) -> None:
            await ended.wait()
            self.told.append("established")

    bot, store, ended = Quick(), Slow(), asyncio.Event()
    runtime = Runtime(bot, settings(), clock=ManualClock())
    use(runtime, store)
    await runtime.start()
    await runtime.intake.accept(callback(runtime, item("established")))
    await settle()
    store.gate.clear()
    await runtime.intake.accept(callback(runtime, tone(1)))  # is being written
    ended.set()
    await settle()
    runtime.hurry()
    stopping = asyncio.create_task(runtime.stop())
    await settle()
    store.gate.set()
    await stopping
    kept = await store.get(KEY)
    assert kept is not None
    assert [type(change) for change in kept.unhandled] == [Tone]


async def test_nothing_is_worked_on_after_the_stop() -> None:
    class Accepting(MemoryStore):
        async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
            entries = await super().accept(notifications)
            await gate.wait()
            return entries

    bot, gate = Noting(), asyncio.Event()
    runtime = Runtime(bot, settings(), clock=ManualClock())
    use(runtime, Accepting())
    await runtime.start()
    accepting = asyncio.create_task(runtime.intake.accept(callback(runtime, item("established"))))
    await settle()
    runtime.hurry()
    await runtime.stop()
    gate.set()
    await asyncio.gather(accepting, return_exceptions=True)
    assert runtime.idle
    assert bot.told == []


def doubted(runtime: Runtime) -> int:
    return sum(one.doubt == "unreadable callback" for one in runtime.registry.live())


async def test_a_callback_about_many_calls_leaves_turns_to_others() -> None:
    calls = [f"0c1f0a00-0000-4a6b-9c1d-{number:012x}" for number in range(950)]
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with running(CallBot(), ManualClock()) as (runtime, _):
        counting = asyncio.create_task(others())
        await runtime.intake.accept(callback(runtime, *(item("established", one) for one in calls)))
        assert turns >= 9
        assert sum(1 for _ in runtime.registry.live()) == len(calls)
        turns = 0
        runtime.intake.doubt(Caller(APP_ID, TENANT_ID, 1e11), None)
        assert doubted(runtime) == 100
        await settle()
        assert doubted(runtime) == len(calls)
        assert turns >= 9
        counting.cancel()


class Sum(BaseModel):
    total: int = 0


async def test_data_that_no_store_can_keep_stops_no_further_handler(tmp_path: Path) -> None:
    class Counts(CallBot[Sum]):
        async def on_established(self, call: Call[Sum], transition: Transition) -> None:
            call.data.total = 10**5_000  # more digits than JSON is written with

        async def on_terminated(self, call: Call[Sum], transition: Transition) -> None:
            ended.set()

    ended = asyncio.Event()
    store = f"sqlite:////{tmp_path}/calls.db"
    async with running(Counts(), ManualClock(), store) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established")))
        await runtime.intake.accept(callback(runtime, item("terminated", change="deleted")))
        await ended.wait()


class AtTheLastMoment(Noting):
    """Its `established` waits for `news`; its `terminated` goes through several turns of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    async def on_established(self, call: Call, transition: Transition) -> None:
        self.told.append("established")
        await self.news.wait()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        self.told.append("terminated")


class SwallowsIt(AtTheLastMoment):
    async def on_established(self, call: Call, transition: Transition) -> None:
        try:
            await super().on_established(call, transition)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.told.append("goes on")


class RaisesInstead(AtTheLastMoment):
    async def on_established(self, call: Call, transition: Transition) -> None:
        try:
            await super().on_established(call, transition)
        except asyncio.CancelledError:
            raise KeyError("in the middle of it") from None


@pytest.mark.parametrize(
    ("kind", "news_come", "told", "errors"),
    [
        (AtTheLastMoment, False, ["established", "terminated"], []),
        (AtTheLastMoment, True, ["established", "terminated"], []),
        (SwallowsIt, False, ["established", "goes on", "terminated"], []),
        (SwallowsIt, True, ["established", "goes on", "terminated"], []),
        (RaisesInstead, False, ["established", "terminated"], [KeyError]),
    ],
    ids=[
        "it waits",
        "it could go on",
        "it swallows it",
        "could, and swallows it",
        "it raises another",
    ],
)
async def test_a_handler_whose_last_moment_is_over_takes_no_other_with_it(
    kind: type[AtTheLastMoment], news_come: bool, told: list[str], errors: list[type[Exception]]
) -> None:
    bot, clock = kind(), ManualClock()
    async with running(bot, clock) as (runtime, _):
        await runtime.intake.accept(callback(runtime, item("established")))
        await settle()
        await runtime.intake.accept(callback(runtime, item("terminated", change="deleted")))
        await settle()
        assert bot.told == ["established"]
        if news_come:  # in the very turn in which it is cancelled
            bot.news.set()
            (queue,) = runtime._dispatcher._queues.values()
            queue.expire()
        await clock.advance(5.0)
        await settle()
        assert bot.told == told
        assert [type(error) for error in bot.errors] == errors
        record = runtime.record(KEY)
        assert record is not None
        assert record.unhandled == ()
