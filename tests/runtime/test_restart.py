"""A process that was killed in the middle of handlers, and the one that comes after it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callbot import Call, CallBot, Settings, Transition
from callbot.runtime import Runtime
from callbot.state import Change, Gone, Observation, Record, fold
from callbot.store import MemoryStore, open_store
from callbot.store.leases import Lease
from callbot.testing import ManualClock, settle
from callbot.testing.stores.base import put
from tests.state.wire import APP_ID, CALL_ID, TENANT_ID, state


@dataclass
class Noting(CallBot):
    """Notes every transition it is told."""

    told: list[Transition] = field(default_factory=list)

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.told.append(transition)


def settings(store: Path) -> Settings:
    return Settings(
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        client_secret="never sent",
        callback_url="https://localhost/api/calls",
        graph_root="https://localhost",
        store=f"sqlite:////{store}",
    )


def unhandled(*observations: Observation) -> Record:
    """The record of a call that was seen so, and of which no handler has finished."""
    record: Record | None = None
    changes: list[Change] = []
    for one in observations:
        folded = fold(record, one)
        record = folded.record
        changes += folded.changes
    assert record is not None
    return record._replace(unhandled=tuple(changes))


async def keep(path: Path, record: Record) -> None:
    store = open_store(f"sqlite:////{path}")
    await store.open()
    await put(store, record)
    await store.close()


async def kept(path: Path) -> Record | None:
    store = open_store(f"sqlite:////{path}")
    await store.open()
    try:
        return await store.get(CALL_ID.replace("-", ""))
    finally:
        await store.close()


async def run_once(path: Path) -> list[Transition]:
    bot = Noting()
    runtime = Runtime(bot, settings(path), clock=ManualClock(start=300.0))
    await runtime.start()
    await runtime.drain()
    await runtime.stop()
    return bot.told


async def test_a_handler_a_killed_process_left_runs_once_more_and_is_told_so(tmp_path: Path) -> None:
    store = tmp_path / "calls.db"
    await keep(store, unhandled(state("incoming"), Gone(200.0)))

    first = await run_once(store)

    assert [(one.new, one.redelivered) for one in first] == [("incoming", True), ("terminated", False)]
    record = await kept(store)
    assert record is not None
    assert record.unhandled == ()
    assert await run_once(store) == []


class SlowStore(MemoryStore):
    """Takes nothing while `gate` is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        await self.gate.wait()
        await super().put(record, taken, fence)


async def test_a_handler_begins_only_when_the_end_of_the_one_before_is_kept(tmp_path: Path) -> None:
    """Else a process that is killed then leaves two that have begun, and only one of them could be told."""
    bot = Noting()
    runtime = Runtime(bot, settings(tmp_path / "calls.db"), clock=ManualClock(start=300.0))
    store = SlowStore()
    runtime.registry._store = store
    key = CALL_ID.replace("-", "")
    await put(store, unhandled(state("incoming"), Gone(200.0)))
    store.gate.clear()

    for record in await runtime.registry.load():
        runtime._way.take_up(record)
    await settle()
    assert [one.new for one in bot.told] == ["incoming"]

    store.gate.set()
    await settle()
    assert [one.new for one in bot.told] == ["incoming", "terminated"]
    handled = runtime.record(key)
    assert handled is not None
    assert handled.unhandled == ()
    await runtime.stop()
