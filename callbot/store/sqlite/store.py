"""The store that outlives its process, for the processes of one machine."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import aiosqlite

from callbot.clock import Clock, SystemClock
from callbot.errors import StoreError
from callbot.log import get_logger
from callbot.state import Notified, Record
from callbot.store.encoding import DamagedDocument, NewerDocument, decode_notified, decode_record
from callbot.store.leases import Lease
from callbot.store.protocol import Entry
from callbot.store.sqlite.commits import Commits
from callbot.store.sqlite.faults import store_error
from callbot.store.sqlite.ledger import Ledger, Row, documents_of
from callbot.store.sqlite.opening import Connections, Synchronous, connect

_log = get_logger(__name__)

_RECORDS = "SELECT key, version, CAST(document AS BLOB) FROM record"  # as bytes: it may be no text any more

_PAGE = 256  # rows read, or expired, at once: a large store is read without holding up the loop or the memory


class SqliteStore:
    """Keeps all in the SQLite database at `path`. What it has returned for outlives the process.

    `synchronous` says whether it also outlives a power cut. `app_id` is whose calls it keeps: the first one
    that opens it is the only one from then on; None opens any. Several processes may have the same file open:
    each may accept notifications, and leases say which one looks after what; they run on the machine's
    monotonic clock, which its processes share and nobody can set. The file is a secret: it holds
    what Graph says of calls, tokens included; it is made readable for its owner alone.

    https://sqlite.org/wal.html
    """

    shared = True

    def __init__(
        self,
        path: Path,
        clock: Clock | None = None,
        *,
        synchronous: Synchronous = Synchronous.FULL,
        app_id: str | None = None,
    ) -> None:
        self._path = path
        self._clock: Clock = clock or SystemClock()
        self._synchronous = synchronous
        self._app_id = app_id
        self._connections: Connections | None = None
        self._commits: Commits | None = None
        self._leaves_newer = False  # said once

    @property
    def counts(self) -> Counter[str]:
        """How many `writes` there were, how many `commits` they took, how many rows were `damaged`."""
        return Counter(self._commits.counts) if self._commits else Counter()

    async def open(self) -> None:
        """Open the database, made anew or brought to the version of today where needed."""
        self._connections = await connect(self._path, self._synchronous, self._clock, self._app_id)
        self._commits = Commits(self._connections.writing, self._path)

    async def close(self) -> None:
        """Finish what was asked for and close the database."""
        connections, self._connections = self._connections, None
        if connections is None or self._commits is None:
            return
        await self._commits.close()
        try:
            await connections.close()
        except aiosqlite.Error as error:
            raise store_error(self._path, error) from error

    # -- records -------------------------------------------------------------------------------------

    async def get(self, key: str) -> Record | None:
        """Return the record of a call, None for one that is not kept."""
        rows = await self._read(f"{_RECORDS} WHERE key = ?", key)
        return await self._record(*rows[0]) if rows else None

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        """Write a record and take entries out of the inbox, or raise `VersionConflict`."""
        row = Row.of(record)

        def change(ledger: Ledger) -> None:
            ledger.leases.check(fence)
            ledger.check(row.key, row.version - 1)
            ledger.write(row)
            ledger.take(taken)

        await self._commit.write(change, keys=(record.key,), names=_names(fence))

    async def forget(self, record: Record, fence: Lease | None = None) -> None:
        """Remove a record, or raise `VersionConflict`."""

        def change(ledger: Ledger) -> None:
            ledger.leases.check(fence)
            ledger.check(record.key, record.version)
            ledger.remove(record.key)

        await self._commit.write(change, keys=(record.key,), names=_names(fence))

    async def expire(self, ended_before: float) -> int:
        """Remove the tombstones of calls that ended before, and say how many there were."""
        rows = await self._read(
            "SELECT key, version FROM record WHERE ended_at < ? AND unhandled = 0", ended_before
        )
        removed = 0
        for first in range(0, len(rows), _PAGE):  # the writes of others, a lease's too, come in between
            removed += await self._remove({row[0]: row[1] for row in rows[first : first + _PAGE]})
        return removed

    async def _remove(self, old: Mapping[str, int]) -> int:
        """Remove the records that are still of these versions; returns how many."""

        def change(ledger: Ledger) -> int:
            unchanged = [key for key, version in old.items() if ledger.version(key) == version]
            for key in unchanged:
                ledger.remove(key)
            return len(unchanged)

        return await self._commit.write(change, keys=tuple(old))

    async def records(self) -> AsyncIterator[Record]:
        """Every record kept, tombstones included."""
        last = ""
        while rows := await self._read(f"{_RECORDS} WHERE key > ? ORDER BY key LIMIT ?", last, _PAGE):
            for row in rows:
                record = await self._record(*row)
                if record is not None:
                    yield record
            last = rows[-1][0]

    # -- inbox ---------------------------------------------------------------------------------------

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        """Put notifications into the inbox."""
        if not notifications:
            return []
        documents = documents_of(notifications)
        numbers = await self._commit.write(lambda ledger: ledger.accept(documents))
        return [Entry(number, one) for number, one in zip(numbers, notifications, strict=True)]

    async def discard(self, numbers: Sequence[int], fence: Lease | None = None) -> None:
        """Take entries out of the inbox."""

        def change(ledger: Ledger) -> None:
            ledger.leases.check(fence)
            ledger.take(numbers)

        if numbers:
            await self._commit.write(change, names=_names(fence))

    async def inbox(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry above `after` that is not done with, in the order of acceptance.

        What a later callbot has accepted, as it does while it waits to take over, is left for it.
        """
        while rows := await self._read(
            "SELECT number, CAST(document AS BLOB) FROM inbox WHERE number > ? ORDER BY number LIMIT ?",
            after,
            _PAGE,
        ):
            for number, document in rows:
                notified = await self._notified(number, document)
                if notified is not None:
                    yield Entry(number, notified)
            after = rows[-1][0]

    # -- leases --------------------------------------------------------------------------------------

    async def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Give `name` to `holder`; None while another holder's lease lasts."""
        return await self._commit.write(
            lambda ledger: ledger.leases.acquire(name, holder, seconds=seconds, now=self._clock.monotonic()),
            names=(name,),
        )

    async def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Extend leases, and return those that are still held."""
        return await self._commit.write(
            lambda ledger: ledger.leases.renew(leases, seconds=seconds, now=self._clock.monotonic()),
            names=_names(*leases),
        )

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back."""
        await self._commit.write(lambda ledger: ledger.leases.release(leases), names=_names(*leases))

    # -- what is damaged -----------------------------------------------------------------------------

    async def _record(self, key: str, version: int, document: bytes) -> Record | None:
        """Return the record that a row holds; None for one that nobody can read, which is set aside."""
        try:
            return decode_record(document)
        except DamagedDocument as error:
            self._complain("record", key, error)

        def change(ledger: Ledger) -> None:
            if ledger.version(key) == version:  # else another process has been here
                ledger.remove(key)
                ledger.set_aside("record", key, document)

        await self._commit.write(change, keys=(key,))
        return None

    async def _notified(self, number: int, document: bytes) -> Notified | None:
        """Return the notification that a row holds, or None as `_record` does and for what is not for us."""
        try:
            return decode_notified(document)
        except NewerDocument as error:
            self._leave(number, error)
            return None
        except DamagedDocument as error:
            self._complain("inbox", str(number), error)

        def change(ledger: Ledger) -> None:
            ledger.take([number])
            ledger.set_aside("inbox", str(number), document)

        await self._commit.write(change)
        return None

    def _leave(self, number: int, error: StoreError) -> None:
        if not self._leaves_newer:
            self._leaves_newer = True
            _log.warning(
                "notifications are left for a later callbot",
                store=str(self._path),
                number=number,
                error=str(error),
            )

    def _complain(self, table: str, key: str, error: StoreError) -> None:
        self._commit.counts["damaged"] += 1
        _log.error("damaged row was set aside", store=str(self._path), table=table, key=key, error=str(error))

    # -- the database --------------------------------------------------------------------------------

    @property
    def _commit(self) -> Commits:
        if self._commits is None:
            raise StoreError(f"store {self._path}: it is not open")
        return self._commits

    async def _read(self, query: str, *values: str | float) -> list[aiosqlite.Row]:
        if self._connections is None:
            raise StoreError(f"store {self._path}: it is not open")
        try:
            return list(await self._connections.reading.execute_fetchall(query, values))
        except aiosqlite.Error as error:
            raise store_error(self._path, error) from error


def _names(*leases: Lease | None) -> tuple[str, ...]:
    return tuple(lease.name for lease in leases if lease is not None)
