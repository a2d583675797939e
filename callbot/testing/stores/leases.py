"""Checks of leases: one holder at a time, for a time, and no write of one that lost it."""

import asyncio

from callbot.errors import LeaseLost
from callbot.testing.stores.base import Checks, inbox_of, notified, put, record, refused


class LeaseChecks(Checks):
    """What a store must do with leases."""

    async def test_a_lease_is_held_by_one_at_a_time(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            assert lease is not None
            assert (lease.name, lease.holder, lease.seconds) == ("calls", "one", 30)
            assert await store.acquire("calls", "two", 30) is None
            assert await store.acquire("other calls", "two", 30) is not None

    async def test_of_many_who_ask_at_once_one_gets_it(self) -> None:
        async with self.opened() as store:
            given = await asyncio.gather(*(store.acquire("calls", f"holder {n}", 30) for n in range(20)))
            assert sum(lease is not None for lease in given) == 1

    async def test_who_asks_for_what_it_holds_gets_it_extended_under_the_same_token(self) -> None:
        async with self.opened() as store:
            first = await store.acquire("calls", "one", 30)
            await self.clock.advance(20)
            again = await store.acquire("calls", "one", 30)
            assert first is not None
            assert again == first._replace(until=first.until + 20)

    async def test_an_expired_lease_goes_to_who_asks_first_with_a_larger_token(self) -> None:
        async with self.opened() as store:
            first = await store.acquire("calls", "one", 30)
            await self.clock.advance(29)
            assert await store.acquire("calls", "two", 30) is None
            await self.clock.advance(1)
            second = await store.acquire("calls", "two", 30)
            assert first is not None
            assert second is not None
            assert second.token > first.token
            assert await store.acquire("calls", "one", 30) is None

    async def test_a_wall_clock_that_is_set_neither_ends_a_lease_nor_makes_it_longer(self) -> None:
        for step in (-3600.0, 3600.0):
            name = f"calls {step}"
            async with self.opened() as store:
                lease = await store.acquire(name, "one", 30)
                assert lease is not None
                self.clock.set_time(self.clock.time() + step)
                assert await store.acquire(name, "two", 30) is None
                await self.clock.advance(20)
                assert len(await store.renew([lease], 30)) == 1
                self.clock.set_time(self.clock.time() - 2 * step)
                await self.clock.advance(29)
                assert await store.acquire(name, "two", 30) is None
                await self.clock.advance(1)
                assert await store.acquire(name, "two", 30) is not None

    async def test_renewing_keeps_it_and_says_what_was_lost(self) -> None:
        async with self.opened() as store:
            kept = await store.acquire("kept", "one", 30)
            lost = await store.acquire("lost", "one", 10)
            assert kept is not None
            assert lost is not None
            await self.clock.advance(20)
            await store.acquire("lost", "two", 30)
            still_held = await store.renew([kept, lost], 30)
            assert list(still_held) == [kept._replace(until=kept.until + 20)]
            await self.clock.advance(29)
            assert await store.acquire("kept", "two", 30) is None

    async def test_an_expired_lease_that_nobody_took_can_be_renewed(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 10)
            assert lease is not None
            await self.clock.advance(60)
            assert len(await store.renew([lease], 10)) == 1
            assert await store.acquire("calls", "two", 10) is None

    async def test_what_is_released_can_be_had_at_once_with_a_larger_token(self) -> None:
        async with self.opened() as store:
            first = await store.acquire("calls", "one", 30)
            assert first is not None
            await store.release([first])
            second = await store.acquire("calls", "two", 30)
            assert second is not None
            assert second.token > first.token
            await store.release([first])  # too late, and nobody else's business
            assert await store.acquire("calls", "three", 30) is None
            assert list(await store.renew([first], 30)) == []

    async def test_a_write_under_a_held_lease_is_made(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            entries = await store.accept([notified(1), notified(2)])
            written = await put(store, record(), taken=[entries[0].number], fence=lease)
            await store.discard([entries[1].number], fence=lease)
            assert await store.get("a") == written
            assert await inbox_of(store) == []
            await store.forget(written, fence=lease)

    async def test_a_write_under_a_lease_that_another_took_over_changes_nothing(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            written = await put(store, record(), fence=lease)
            (entry,) = await store.accept([notified(1)])
            await self.clock.advance(30)
            successor = await store.acquire("calls", "two", 30)
            await refused(put(store, written, taken=[entry.number], fence=lease), LeaseLost)
            await refused(store.discard([entry.number], fence=lease), LeaseLost)
            await refused(store.forget(written, fence=lease), LeaseLost)
            assert await store.get("a") == written
            assert await inbox_of(store) == [entry]
            await put(store, written, taken=[entry.number], fence=successor)

    async def test_a_write_under_a_lease_that_was_released_is_refused(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            assert lease is not None
            await store.release([lease])
            await refused(put(store, record(), fence=lease), LeaseLost)

    async def test_a_write_under_an_expired_lease_is_made_while_nobody_else_has_it(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            await self.clock.advance(60)
            await put(store, record(), fence=lease)
