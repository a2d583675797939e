"""Whether the store takes what is written: real SQLite files that are full, and have room again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callbot import CallBot
from callbot.runtime import Runtime
from callbot.state import Created
from callbot.store.sqlite import SqliteStore
from callbot.testing import ManualClock, settle
from callbot.webhook import Full
from tests.runtime.test_trouble import KEY, callback, idle, item, settings
from tests.state.wire import APP_ID, CALL_ID, TENANT_ID

TURN = 1.0  # seconds between two looks at the store
LONG = "x" * 50_000


@asynccontextmanager
async def started(clock: ManualClock, store: Path) -> AsyncIterator[Runtime]:
    runtime = Runtime(CallBot(), settings(f"sqlite:////{store}"), clock=clock)
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def set_room(runtime: Runtime, pages: int) -> None:
    """Let the database of a runtime have so many pages beyond those it has."""
    assert isinstance(runtime._store, SqliteStore)
    assert runtime._store._connections is not None
    connection = runtime._store._connections.writing
    ((used,),) = await connection.execute_fetchall("PRAGMA page_count")
    await connection.execute_fetchall(f"PRAGMA max_page_count = {used + pages}")


async def turns_until(clock: ManualClock, condition: Callable[[], bool], *runtimes: Runtime) -> None:
    """Let the clock go on, a turn at a time, until `condition` holds."""
    while not condition():
        await clock.advance(TURN)
        while any(_writes(runtime) for runtime in runtimes):  # the store works in a thread
            await asyncio.sleep(0.001)
            await settle()


async def test_a_full_store_is_down_until_it_has_room_for_a_callback(tmp_path: Path) -> None:
    clock = ManualClock()
    async with started(clock, tmp_path / "calls.db") as runtime:
        health = runtime.store_health
        await set_room(runtime, 0)
        with pytest.raises(Full):
            await runtime.intake.accept(callback(runtime, item("established", subject=LONG)))
        assert health.down
        assert health.failures == {"callback": 1}
        renewals = _commits(runtime)
        await turns_until(clock, lambda: _commits(runtime) > renewals + 3, runtime)
        assert health.down, "the lease was renewed meanwhile: that needs no room"
        await set_room(runtime, 1000)
        await turns_until(clock, lambda: not health.down, runtime)
        await runtime.intake.accept(callback(runtime, item("established", subject=LONG)))
        await idle(runtime)
        assert health.failures == {"callback": 1}


async def test_a_callback_that_is_kept_says_that_the_store_works(tmp_path: Path) -> None:
    async with started(ManualClock(), tmp_path / "calls.db") as runtime:
        runtime.store_health.failed("record")
        await runtime.intake.accept(callback(runtime, item("established")))
        assert not runtime.store_health.down
        await idle(runtime)


async def test_a_record_that_is_not_kept_is_tried_again_until_it_is(tmp_path: Path) -> None:
    clock = ManualClock()
    async with started(clock, tmp_path / "calls.db") as runtime:
        await set_room(runtime, 0)
        created = Created(
            clock.time(), APP_ID, TENANT_ID, CALL_ID, {"state": "establishing", "subject": LONG}
        )
        folded = asyncio.create_task(runtime.observe(KEY, created))
        await turns_until(clock, lambda: runtime.store_health.failures["record"] >= 2, runtime)
        assert runtime.store_health.down
        assert not folded.done()
        await set_room(runtime, 1000)
        await turns_until(clock, folded.done, runtime)
        await turns_until(clock, lambda: not runtime.store_health.down, runtime)


async def test_a_process_that_waits_for_the_calls_sees_it_too(tmp_path: Path) -> None:
    """It renews no lease, and once it is unready no callback comes that could be kept."""
    clock = ManualClock()
    store = tmp_path / "calls.db"
    async with started(clock, store) as owner, started(clock, store) as waiting:
        assert owner.ownership.held
        assert not waiting.ownership.held
        await set_room(waiting, 0)
        with pytest.raises(Full):
            await waiting.intake.accept(callback(waiting, item("established", subject=LONG)))
        assert waiting.store_health.down
        assert not owner.store_health.down
        await set_room(waiting, 1000)
        await turns_until(clock, lambda: not waiting.store_health.down, owner, waiting)
        assert not waiting.ownership.held


def _writes(runtime: Runtime) -> bool:
    assert isinstance(runtime._store, SqliteStore)
    assert runtime._store._commits is not None
    task = runtime._store._commits._task
    return task is not None and not task.done()


def _commits(runtime: Runtime) -> int:
    assert isinstance(runtime._store, SqliteStore)
    return runtime._store.counts["commits"]
