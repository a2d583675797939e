"""What every store has to do."""

import asyncio
from dataclasses import replace

import pytest

from callbot import ConfigurationError, VersionConflict
from callbot.state import Record
from callbot.store import MemoryStore, Store, open_store
from tests.state.wire import APP_ID, CALL_ID, TENANT_ID, state


@pytest.fixture(params=["memory://"])
async def store(request: pytest.FixtureRequest) -> Store:
    return open_store(request.param)


def record(key: str = "a") -> Record:
    return Record(
        key=key,
        id=CALL_ID,
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        first_seen_at=1.0,
        seen_at=1.0,
        state_at=1.0,
        resource={"id": CALL_ID, "state": "established"},
    )


async def test_what_was_put_is_there_with_a_new_version(store: Store) -> None:
    written = await store.put(record())
    assert written.version == 1
    assert await store.get("a") == written
    assert [one async for one in store.records()] == [written]


async def test_a_record_made_from_an_old_version_is_refused_and_nothing_is_changed(store: Store) -> None:
    first = await store.put(record())
    second = await store.put(replace(first, seen_at=2.0))
    with pytest.raises(VersionConflict):
        await store.put(replace(first, seen_at=3.0))
    assert await store.get("a") == second


async def test_a_first_record_is_refused_when_there_is_one(store: Store) -> None:
    await store.put(record())
    with pytest.raises(VersionConflict):
        await store.put(record())


async def test_of_many_writers_of_one_version_one_wins(store: Store) -> None:
    first = await store.put(record())
    outcomes = await asyncio.gather(
        *(store.put(replace(first, seen_at=float(n))) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(one, Record) for one in outcomes) == 1
    assert sum(isinstance(one, VersionConflict) for one in outcomes) == 19


async def test_what_was_forgotten_is_gone(store: Store) -> None:
    written = await store.put(record())
    with pytest.raises(VersionConflict):
        await store.forget(record())
    await store.forget(written)
    assert await store.get("a") is None


async def test_the_inbox_keeps_order_until_a_record_takes_an_entry(store: Store) -> None:
    entries = await store.accept([state("incoming"), state("establishing"), state("established")])
    assert [one.number for one in entries] == sorted(one.number for one in entries)
    await store.put(record(), taken=[entries[0].number])
    assert [one async for one in store.inbox()] == list(entries[1:])
    await store.discard([entries[1].number])
    assert [one async for one in store.inbox()] == list(entries[2:])


async def test_a_refused_write_takes_nothing_out_of_the_inbox(store: Store) -> None:
    (entry,) = await store.accept([state("incoming")])
    await store.put(record())
    with pytest.raises(VersionConflict):
        await store.put(record(), taken=[entry.number])
    assert [one async for one in store.inbox()] == [entry]


def test_the_store_is_named_by_its_url() -> None:
    assert isinstance(open_store("memory://"), MemoryStore)
    for url in ("mysql://x", "nonsense", ""):
        with pytest.raises(ConfigurationError, match="has no such store"):
            open_store(url)
