"""Writes that fail, that are shared, and that nobody waits for any more."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

from callbot import StoreError, UnfitRecord
from callbot.store.sqlite import SqliteStore
from callbot.testing.stores.base import inbox_of, notified, put, record, records_of
from tests.eager import eager_tasks
from tests.store.database import foreign, opened

ROOT = Path(__file__).parents[2]


async def test_what_a_full_disk_does_not_take_is_refused_and_what_was_kept_stays(path: Path) -> None:
    async with opened(path) as store:
        (kept,) = await store.accept([notified(0)])
        written = await put(store, record())
        await allow_pages(store, 20)
        bulk = "x" * 2000
        outcomes = [await outcome_of(store, [notified(n, bulk=bulk)]) for n in range(1, 60)]
        refused = [one for one in outcomes if isinstance(one, StoreError)]
        accepted = [number for one in outcomes if isinstance(one, list) for number in one]
        assert refused
        assert all("the disk is full" in str(one) for one in refused)
        assert [entry.number for entry in await inbox_of(store)] == [kept.number, *accepted]
        assert await store.get("a") == written
        await allow_pages(store, 10_000)
        await store.accept([notified(99)])
        assert (await inbox_of(store))[-1].notified == notified(99)


async def allow_pages(store: SqliteStore, pages: int) -> None:
    assert store._connections is not None
    await store._connections.writing.execute_fetchall(f"PRAGMA max_page_count = {pages}")


async def outcome_of(store: SqliteStore, notifications: list[object]) -> list[int] | StoreError:
    try:
        return [entry.number for entry in await store.accept(notifications)]  # type: ignore[arg-type]
    except StoreError as error:
        return error


async def test_what_cannot_be_kept_by_any_store_is_told_apart_and_costs_no_other_write(path: Path) -> None:
    async with opened(path) as store:
        unfit = record()._replace(resource={"odd": {1, 2}})
        writes = (put(store, unfit), put(store, record("b")), store.accept([notified(1, bulk=object())]))
        first, second, third = await asyncio.gather(*writes, return_exceptions=True)
        assert (type(first), type(third)) == (UnfitRecord, UnfitRecord)
        assert await records_of(store) == [second]
        assert await inbox_of(store) == []


async def test_a_write_that_the_file_system_refuses_is_an_error(path: Path) -> None:
    """A limit on the size of files, in a process of its own: a real write fails in the middle."""
    command = (sys.executable, "-m", "tests.store.limited", str(path))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    output, _ = await process.communicate()
    assert process.returncode == 0
    accepted = int(output)
    assert accepted > 0
    async with opened(path) as store:
        assert len(await inbox_of(store)) == accepted


async def test_a_process_that_keeps_the_file_to_itself_is_named_as_the_cause(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbot.store.sqlite.opening._BUSY_SECONDS", 0.01)
    async with opened(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process keeps it to itself"):
            await put(store, record())
        other.execute("ROLLBACK")
        other.close()
        assert (await put(store, record())).version == 1


async def test_a_store_that_is_not_open_says_so(path: Path) -> None:
    store = SqliteStore(path)
    for use in (store.get("a"), put(store, record()), store.acquire("calls", "one", 1)):
        with pytest.raises(StoreError, match="it is not open"):
            await use
    await store.close()
    await store.open()
    await store.close()
    for use in (store.get("a"), put(store, record())):
        with pytest.raises(StoreError, match=r"it is (closed|not open)"):
            await use


async def test_a_store_can_be_opened_again(path: Path) -> None:
    store = SqliteStore(path)
    for version in range(1, 4):
        await store.open()
        written = await put(store, await store.get("a") or record())
        assert written.version == version
        await store.close()


async def test_the_writes_of_a_burst_share_commits(path: Path) -> None:
    async with opened(path) as store:
        await asyncio.gather(*(store.accept([notified(n)]) for n in range(1000)))
        assert store.counts["writes"] == 1000
        assert store.counts["commits"] <= 10


async def test_who_stops_waiting_disturbs_nobody(path: Path) -> None:
    async with opened(path) as store:
        waiting = [asyncio.ensure_future(put(store, record(f"call {n}"))) for n in range(10)]
        await asyncio.sleep(0)
        waiting[3].cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert sum(isinstance(one, asyncio.CancelledError) for one in outcomes) == 1
        assert len(await records_of(store)) >= 9


async def test_a_write_that_fails_half_way_is_undone_for_all_who_shared_its_commit(path: Path) -> None:
    async with opened(path) as store:
        kept = await put(store, record())
        (entry,) = await store.accept([notified(1)])
        with foreign(path) as other:
            other.execute(
                "CREATE TRIGGER half_way BEFORE DELETE ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        outcomes = await asyncio.gather(
            put(store, kept, taken=[entry.number]),
            put(store, record("another")),
            store.accept([notified(2)]),
            return_exceptions=True,
        )
        assert [type(one) for one in outcomes] == [StoreError] * 3
        assert await records_of(store) == [kept]
        assert await inbox_of(store) == [entry]
        with foreign(path) as other:
            other.execute("DROP TRIGGER half_way")
        await put(store, kept, taken=[entry.number])
        assert await inbox_of(store) == []


async def test_a_write_that_fails_before_it_waits_is_not_the_last_where_tasks_begin_at_once(
    path: Path,
) -> None:
    async with opened(path) as store:
        assert store._connections is not None
        writing = store._connections.writing
        with eager_tasks():
            given, writing._connection = writing._connection, None  # aiosqlite refuses at once
            with pytest.raises(StoreError):
                await put(store, record())
            writing._connection = given
            written = await put(store, record())
        assert await store.get("a") == written
