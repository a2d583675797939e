"""The store of a process that may forget: everything in dictionaries."""

import itertools
from collections.abc import AsyncIterator, Sequence

from callbot.clock import Clock, SystemClock
from callbot.state import Notified, Record
from callbot.store.leases import Lease, LeaseBook
from callbot.store.protocol import Entry
from callbot.store.versions import check_version


class MemoryStore:
    """Keeps all in the process; it is gone when the process ends. The default of the library."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._records: dict[str, Record] = {}
        self._inbox: dict[int, Entry] = {}
        self._numbers = itertools.count(1)
        self._leases = LeaseBook()

    shared = False

    async def open(self) -> None:
        """There is nothing to make ready."""

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def get(self, key: str) -> Record | None:
        """Return the record of a call, None for one that is not kept."""
        return self._records.get(key)

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        """Write a record and take entries out of the inbox, or raise `VersionConflict`."""
        self._leases.check(fence)
        self._check(record.key, record.version - 1)
        self._records[record.key] = record
        self._take(taken)

    async def forget(self, record: Record, fence: Lease | None = None) -> None:
        """Remove a record, or raise `VersionConflict`."""
        self._leases.check(fence)
        self._check(record.key, record.version)
        self._records.pop(record.key, None)

    async def expire(self, ended_before: float) -> int:
        """Remove the tombstones of calls that ended before, and say how many there were."""
        old = [
            record.key
            for record in self._records.values()
            if record.ended and not record.unhandled and record.state_at < ended_before
        ]
        for key in old:
            del self._records[key]
        return len(old)

    async def records(self) -> AsyncIterator[Record]:
        """Every record kept, tombstones included."""
        for record in list(self._records.values()):
            yield record

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        """Put notifications into the inbox."""
        entries = [Entry(next(self._numbers), notified) for notified in notifications]
        for entry in entries:
            self._inbox[entry.number] = entry
        return entries

    async def discard(self, numbers: Sequence[int], fence: Lease | None = None) -> None:
        """Take entries out of the inbox."""
        self._leases.check(fence)
        self._take(numbers)

    async def inbox(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry above `after` that is not done with, in the order of acceptance."""
        for entry in list(self._inbox.values()):
            if entry.number > after:
                yield entry

    async def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Give `name` to `holder`; None while another holder's lease lasts."""
        return self._leases.acquire(name, holder, seconds=seconds, now=self._clock.monotonic())

    async def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Extend leases, and return those that are still held."""
        return self._leases.renew(leases, seconds=seconds, now=self._clock.monotonic())

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back."""
        self._leases.release(leases)

    def _take(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._inbox.pop(number, None)

    def _check(self, key: str, version: int) -> None:
        kept = self._records.get(key)
        check_version(version, 0 if kept is None else kept.version)
