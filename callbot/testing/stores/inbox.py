"""Checks of the inbox: its order, and that entries leave it with a write or not at all."""

import asyncio

from callbot.errors import StoreError, VersionConflict
from callbot.testing.stores.base import Checks, inbox_of, notified, put, record, refused


class InboxChecks(Checks):
    """What a store must do with notifications that are accepted and not yet folded."""

    async def test_what_was_accepted_stays_in_order_until_a_record_takes_it(self) -> None:
        async with self.opened() as store:
            entries = await store.accept([notified(1), notified(2), notified(3)])
            assert [one.notified for one in entries] == [notified(1), notified(2), notified(3)]
            assert [one.number for one in entries] == sorted({one.number for one in entries})
            await put(store, record(), taken=[entries[0].number])
            assert await inbox_of(store) == list(entries[1:])
            await store.discard([entries[1].number])
            assert await inbox_of(store) == list(entries[2:])

    async def test_nothing_accepted_is_nothing_kept(self) -> None:
        async with self.opened() as store:
            assert list(await store.accept([])) == []
            await store.discard([])
            assert await inbox_of(store) == []

    async def test_callbacks_accepted_at_the_same_time_keep_their_own_order(self) -> None:
        async with self.opened() as store:
            kept = await asyncio.gather(
                *(store.accept([notified(10 * n + part) for part in range(3)]) for n in range(30))
            )
            numbers = [entry.number for entries in kept for entry in entries]
            assert numbers == sorted(set(numbers))
            assert await inbox_of(store) == [entry for entries in kept for entry in entries]

    async def test_numbers_grow_also_when_the_inbox_was_empty_meanwhile(self) -> None:
        async with self.opened() as store:
            (first,) = await store.accept([notified(1)])
            await store.discard([first.number])
            (second,) = await store.accept([notified(2)])
            assert second.number > first.number

    async def test_a_callback_with_one_notification_that_cannot_be_kept_is_kept_in_no_part(self) -> None:
        """A process that keeps everything as it is may keep this, too: then it keeps all of it."""
        async with self.opened() as store:
            try:
                kept = await store.accept([notified(1), notified(2, odd=object()), notified(3)])
            except StoreError:
                kept = []
            assert await inbox_of(store) == list(kept)

    async def test_a_refused_write_takes_nothing_out_of_the_inbox(self) -> None:
        async with self.opened() as store:
            (entry,) = await store.accept([notified(1)])
            await put(store, record())
            await refused(put(store, record(), taken=[entry.number]), VersionConflict)
            assert await inbox_of(store) == [entry]

    async def test_entries_after_a_number_can_be_asked_for(self) -> None:
        async with self.opened() as store:
            entries = await store.accept([notified(n) for n in range(5)])
            assert await inbox_of(store, entries[2].number) == list(entries[3:])
            assert await inbox_of(store, entries[-1].number) == []

    async def test_a_long_inbox_is_given_back_whole(self) -> None:
        async with self.opened() as store:
            entries = await store.accept([notified(n) for n in range(1500)])
            assert await inbox_of(store) == list(entries)
