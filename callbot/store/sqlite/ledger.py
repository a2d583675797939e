"""What one transaction has read, and what it is going to write.

The writes of a transaction are decided in Python, one after the other, each upon what those before it have
left; what is refused changes nothing. Then all that was decided is written with a statement per table.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import aiosqlite

from callbot.state import Notified, Record
from callbot.store.encoding import encode
from callbot.store.leases import Lease, LeaseBook
from callbot.store.versions import check_version

_READ = """
SELECT 'record', key, version, NULL, NULL, NULL FROM record WHERE key IN (SELECT value FROM json_each(?))
UNION ALL
SELECT 'lease', name, token, holder, until, seconds FROM lease WHERE name IN (SELECT value FROM json_each(?))
UNION ALL
SELECT 'counter', name, value, NULL, NULL, NULL FROM counter
"""

# columns by name: a process of an earlier version goes on writing while a later one has added some
_WRITE_RECORD = """
INSERT OR REPLACE INTO record (key, version, state, ended_at, unhandled, document) VALUES (?, ?, ?, ?, ?, ?)
"""
_WRITE_LEASE = "INSERT OR REPLACE INTO lease (name, holder, token, until, seconds) VALUES (?, ?, ?, ?, ?)"


class Row(NamedTuple):
    """A line of the table `record`."""

    key: str
    version: int
    state: str | None
    ended_at: float | None
    unhandled: int
    document: str

    @classmethod
    def of(cls, record: Record) -> "Row":
        """Return the line that keeps `record`."""
        return cls(
            record.key,
            record.version,
            record.state,
            record.state_at if record.ended else None,
            len(record.unhandled),
            encode(record),
        )


class Ledger:
    """The view of one transaction."""

    def __init__(self, versions: dict[str, int], leases: LeaseBook, last_number: int) -> None:
        self.leases = leases
        self._versions = versions
        self._known_leases = dict(leases.held)
        self._last_token = leases.last_token
        self._last_number = self._first_number = last_number
        self._rows: dict[str, Row] = {}
        self._removed: set[str] = set()
        self._accepted: list[tuple[int, str]] = []
        self._taken: list[tuple[int]] = []
        self._damaged: list[tuple[str, str, bytes]] = []

    @classmethod
    async def read(
        cls, connection: aiosqlite.Connection, keys: Sequence[str], names: Sequence[str]
    ) -> "Ledger":
        """Read what is to be known of the records `keys` and the leases `names`."""
        rows = await connection.execute_fetchall(_READ, (json.dumps(keys), json.dumps(names)))
        versions: dict[str, int] = {}
        counters: dict[str, int] = {}
        held: list[Lease] = []
        for what, name, number, holder, until, seconds in rows:
            match what:
                case "record":
                    versions[name] = number
                case "lease":
                    held.append(Lease(name, holder, number, until, seconds))
                case _:
                    counters[name] = number
        return cls(versions, LeaseBook(held, counters["lease"]), counters["inbox"])

    def check(self, key: str, version: int) -> None:
        """Raise `VersionConflict` when the store holds another version of a record (0 is none)."""
        check_version(version, self.version(key))

    def version(self, key: str) -> int:
        """Return the version of a record, 0 for none."""
        return self._versions.get(key, 0)

    def write(self, row: Row) -> None:
        """Write a record."""
        self._versions[row.key] = row.version
        self._rows[row.key] = row
        self._removed.discard(row.key)

    def remove(self, key: str) -> None:
        """Remove a record."""
        self._versions.pop(key, None)
        self._rows.pop(key, None)
        self._removed.add(key)

    def accept(self, documents: Iterable[str]) -> Sequence[int]:
        """Put notifications into the inbox, and return their numbers."""
        first = self._last_number + 1
        self._accepted.extend(enumerate(documents, first))
        self._last_number = self._first_number + len(self._accepted)
        return range(first, self._last_number + 1)

    def take(self, numbers: Iterable[int]) -> None:
        """Take entries out of the inbox."""
        self._taken.extend((number,) for number in numbers)

    def set_aside(self, origin: str, key: str, document: bytes) -> None:
        """Keep what could not be read of the table `origin` apart from it."""
        self._damaged.append((origin, key, document))

    async def flush(self, connection: aiosqlite.Connection) -> None:
        """Write what was decided."""
        for statement, rows in self._statements():
            if rows:
                await connection.executemany(statement, rows)

    def _statements(self) -> Iterable[tuple[str, Sequence[tuple[object, ...]]]]:
        yield _WRITE_RECORD, list(self._rows.values())
        yield "DELETE FROM record WHERE key = ?", [(key,) for key in self._removed]
        yield "INSERT INTO inbox (number, document) VALUES (?, ?)", self._accepted
        yield "DELETE FROM inbox WHERE number = ?", self._taken
        yield "INSERT INTO damaged (origin, key, document) VALUES (?, ?, ?)", self._damaged
        held, known = self.leases.held, self._known_leases
        changed = [lease for name, lease in held.items() if known.get(name) != lease]
        yield _WRITE_LEASE, changed
        yield "DELETE FROM lease WHERE name = ?", [(name,) for name in known if name not in held]
        counted = [(self._last_number, "inbox")] if self._accepted else []
        if self.leases.last_token != self._last_token:
            counted.append((self.leases.last_token, "lease"))
        yield "UPDATE counter SET value = ? WHERE name = ?", counted


def documents_of(notifications: Iterable[Notified]) -> list[str]:
    """Return notifications as the inbox keeps them."""
    return [encode(notified) for notified in notifications]
