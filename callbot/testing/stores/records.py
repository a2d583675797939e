"""Checks of records: compare-and-set, forgetting, tombstones."""

import asyncio

from callbot.errors import VersionConflict
from callbot.model import CallState
from callbot.state import Record
from callbot.testing.stores.base import (
    Checks,
    inbox_of,
    notified,
    put,
    record,
    records_of,
    refused,
    tombstone,
)

_WRITERS = 20


class RecordChecks(Checks):
    """What a store must do with records."""

    async def test_what_was_put_is_there_with_a_new_version(self) -> None:
        async with self.opened() as store:
            written = await put(store, record())
            assert written == record()._replace(version=1)
            assert await store.get("a") == written
            assert await records_of(store) == [written]

    async def test_a_record_that_was_never_put_is_not_there(self) -> None:
        async with self.opened() as store:
            assert await store.get("a") is None
            assert await records_of(store) == []

    async def test_a_record_made_from_an_old_version_is_refused_and_nothing_is_changed(self) -> None:
        async with self.opened() as store:
            first = await put(store, record())
            second = await put(store, first._replace(seen_at=2.0))
            await refused(put(store, first._replace(seen_at=3.0)), VersionConflict)
            assert await store.get("a") == second

    async def test_a_first_record_is_refused_when_there_is_one(self) -> None:
        async with self.opened() as store:
            await put(store, record())
            await refused(put(store, record()), VersionConflict)

    async def test_a_later_version_is_refused_when_there_is_none(self) -> None:
        async with self.opened() as store:
            await refused(put(store, record()._replace(version=3)), VersionConflict)
            assert await store.get("a") is None

    async def test_of_many_writers_of_one_version_one_wins(self) -> None:
        async with self.opened() as store:
            first = await put(store, record())
            writes = (put(store, first._replace(seen_at=float(n))) for n in range(_WRITERS))
            outcomes = await asyncio.gather(*writes, return_exceptions=True)
            winners = [one for one in outcomes if isinstance(one, Record)]
            assert len(winners) == 1
            assert sum(isinstance(one, VersionConflict) for one in outcomes) == _WRITERS - 1
            assert await store.get("a") == winners[0]

    async def test_a_refused_write_fails_none_of_those_made_at_the_same_time(self) -> None:
        async with self.opened() as store:
            await put(store, record("refused"))
            names = [f"call {n}" for n in range(_WRITERS)]
            outcomes = await asyncio.gather(
                *(put(store, record(name)) for name in names[: _WRITERS // 2]),
                put(store, record("refused")),
                store.accept([notified(1)]),
                *(put(store, record(name)) for name in names[_WRITERS // 2 :]),
                return_exceptions=True,
            )
            assert sum(isinstance(one, VersionConflict) for one in outcomes) == 1
            assert [one.key for one in await records_of(store)] == sorted([*names, "refused"])
            assert len(await inbox_of(store)) == 1

    async def test_every_change_of_many_concurrent_ones_is_kept(self) -> None:
        """Each reads, adds one, writes, and starts anew when somebody else was faster."""

        async def add_one() -> None:
            while True:
                known = await store.get("a") or record()
                try:
                    await put(store, known._replace(transitions=known.transitions + 1))
                except VersionConflict:
                    continue
                return

        async with self.opened() as store:
            await asyncio.gather(*(add_one() for _ in range(_WRITERS)))
            kept = await store.get("a")
            assert kept is not None
            assert (kept.transitions, kept.version) == (_WRITERS, _WRITERS)

    async def test_what_was_forgotten_is_gone(self) -> None:
        async with self.opened() as store:
            written = await put(store, record())
            await refused(store.forget(record()), VersionConflict)
            await store.forget(written)
            assert await store.get("a") is None
            await refused(store.forget(written), VersionConflict)

    async def test_a_forgotten_call_can_be_put_anew(self) -> None:
        async with self.opened() as store:
            await store.forget(await put(store, record()))
            assert (await put(store, record())).version == 1

    async def test_tombstones_go_when_their_time_is_over_and_nothing_else_does(self) -> None:
        async with self.opened() as store:
            await put(store, tombstone("old", 10.0))
            await put(store, tombstone("new", 20.0))
            await put(store, tombstone("old, and its handler has not finished", 10.0, unhandled=True))
            await put(store, record("lives", state=CallState.ESTABLISHED, at=1.0))
            assert await store.expire(20.0) == 1
            left = [one.key for one in await records_of(store)]
            assert left == ["lives", "new", "old, and its handler has not finished"]
            assert await store.expire(20.0) == 0

    async def test_many_records_are_all_given_back_once(self) -> None:
        keys = [f"call {n:04}" for n in range(1000)]
        async with self.opened() as store:
            await asyncio.gather(*(put(store, record(key)) for key in keys))
            assert [one.key for one in await records_of(store)] == keys
