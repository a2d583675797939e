"""The store of a process that may forget: everything in dictionaries."""

import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from callbot.errors import VersionConflict
from callbot.state import Notified, Record
from callbot.store.protocol import Entry


class MemoryStore:
    """Keeps records and inbox in the process; both are gone when it ends. The default of the library."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._inbox: dict[int, Entry] = {}
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        """There is nothing to make ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def get(self, key: str) -> Record | None:
        """Return the record of a call, None for one that is not kept."""
        return self._records.get(key)

    async def put(self, record: Record, taken: Sequence[int] = ()) -> Record:
        """Write a record and take entries out of the inbox, or raise `VersionConflict`."""
        self._check(record)
        written = replace(record, version=record.version + 1)
        self._records[record.key] = written
        for number in taken:
            self._inbox.pop(number, None)
        return written

    async def forget(self, record: Record) -> None:
        """Remove a record, or raise `VersionConflict`."""
        self._check(record)
        del self._records[record.key]

    async def records(self) -> AsyncIterator[Record]:
        """Every record kept, tombstones included."""
        for record in list(self._records.values()):
            yield record

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        """Put notifications into the inbox."""
        entries = [Entry(next(self._numbers), notified) for notified in notifications]
        self._inbox.update((entry.number, entry) for entry in entries)
        return entries

    async def discard(self, numbers: Sequence[int]) -> None:
        """Take entries out of the inbox."""
        for number in numbers:
            self._inbox.pop(number, None)

    async def inbox(self) -> AsyncIterator[Entry]:
        """Every entry that is not done with, in the order of acceptance."""
        for entry in list(self._inbox.values()):
            yield entry

    def _check(self, record: Record) -> None:
        kept = self._records.get(record.key)
        version = kept.version if kept is not None else 0
        if version != record.version:
            raise VersionConflict(f"the store holds version {version}, not {record.version}")
