"""Checks of a store that several processes have open, each by a door of its own."""

import asyncio

from callbot.errors import LeaseLost, VersionConflict
from callbot.state import Record
from callbot.testing.stores.base import Checks, inbox_of, notified, put, record, refused


class SharingChecks(Checks):
    """What a store must do for two who have it open at the same time."""

    async def test_each_sees_what_the_other_has_written(self) -> None:
        async with self.opened() as one, self.opened() as two:
            written = await put(one, record())
            assert await two.get("a") == written
            await two.forget(written)
            assert await one.get("a") is None

    async def test_a_write_of_one_makes_an_older_one_of_the_other_a_conflict(self) -> None:
        async with self.opened() as one, self.opened() as two:
            first = await put(one, record())
            await put(two, first)
            await refused(put(one, first), VersionConflict)

    async def test_of_many_writers_on_both_sides_one_wins(self) -> None:
        async with self.opened() as one, self.opened() as two:
            doors = [one, two] * 10
            outcomes = await asyncio.gather(*(put(door, record()) for door in doors), return_exceptions=True)
            assert sum(isinstance(outcome, Record) for outcome in outcomes) == 1
            assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == len(doors) - 1

    async def test_what_one_accepts_the_other_takes(self) -> None:
        async with self.opened() as one, self.opened() as two:
            (entry,) = await one.accept([notified(1)])
            assert await inbox_of(two) == [entry]
            await put(two, record(), taken=[entry.number])
            assert await inbox_of(one) == []

    async def test_who_remembers_the_last_number_misses_nothing_of_what_others_accept(self) -> None:
        async with self.opened() as one, self.opened() as two:
            accepting = asyncio.gather(
                *(
                    door.accept([notified(2 * n), notified(2 * n + 1)])
                    for n in range(50)
                    for door in (one, two)
                )
            )
            seen: list[int] = []
            while not accepting.done():
                seen += [entry.number for entry in await inbox_of(one, seen[-1] if seen else 0)]
            seen += [entry.number for entry in await inbox_of(one, seen[-1] if seen else 0)]
            assert seen == sorted(entry.number for entries in await accepting for entry in entries)

    async def test_a_lease_of_one_keeps_the_other_out_until_it_is_released(self) -> None:
        async with self.opened() as one, self.opened() as two:
            lease = await one.acquire("calls", "one", 30)
            assert lease is not None
            assert await two.acquire("calls", "two", 30) is None
            await one.release([lease])
            assert await two.acquire("calls", "two", 30) is not None
            await refused(put(one, record(), fence=lease), LeaseLost)

    async def test_one_may_go_while_the_other_stays(self) -> None:
        async with self.opened() as one:
            async with self.opened() as two:
                written = await put(two, record())
            assert await one.get("a") == written
            await put(one, written)
