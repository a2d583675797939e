"""The tables, and how an older database becomes one of today.

`user_version` in the file's header is the number of migrations that were applied to it. Each is applied in
one transaction, so that a process that dies in the middle leaves the version before.
"""

from pathlib import Path

import aiosqlite

from callbot.errors import StoreError
from callbot.store.sqlite.faults import CORRUPT

APPLICATION_ID = 0x63616C6C
"""Marks a database as callbot's: "call" in ASCII."""

# What is asked of many records at once has a column; the rest is in the document.
_FIRST = (
    """CREATE TABLE record (key TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT, ended_at REAL,
                            unhandled INTEGER NOT NULL, document TEXT NOT NULL)""",
    "CREATE INDEX record_ended ON record (ended_at) WHERE ended_at IS NOT NULL",
    "CREATE TABLE inbox (number INTEGER PRIMARY KEY, document TEXT NOT NULL)",
    """CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL,
                           until REAL NOT NULL)""",
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "INSERT INTO counter VALUES ('inbox', 0), ('lease', 0)",
)

# Leases by the machine's monotonic clock. With no length, one by the wall clock is over (`Lease.lasts`).
_MONOTONIC_LEASES = ("ALTER TABLE lease ADD COLUMN seconds REAL NOT NULL DEFAULT 0",)

# Rows that could not be read, as they were, for somebody to look at.
_DAMAGED = (
    """CREATE TABLE damaged (number INTEGER PRIMARY KEY, origin TEXT NOT NULL, key TEXT NOT NULL,
                             document BLOB NOT NULL)""",
)

# Whose calls they are: to take those of another bot for its own, a bot would read and end them.
_OWNER = ("CREATE TABLE owner (app_id TEXT NOT NULL)",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _MONOTONIC_LEASES, _DAMAGED, _OWNER)
"""Number n (from 1) brings a database from version n - 1 to n. One that was released never changes."""


async def inspect(connection: aiosqlite.Connection, path: Path) -> None:
    """Raise `StoreError` for a database that is not callbot's, is newer, or is corrupt. Changes nothing."""
    tables = list(await connection.execute_fetchall("SELECT 1 FROM sqlite_master LIMIT 1"))
    # in this order: another process may be making the tables now, and marks them in the same transaction
    if tables and await pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(f"store {path}: it is the database of another program: name another file")
    await _known_version(connection, path)
    if await pragma(connection, "quick_check") != "ok":
        raise StoreError(f"store {path}: {CORRUPT}")


async def migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Bring the database to the version of today. Another process may be doing the same: one does it.

    The version is written also when it is right already: on a full disk or a read-only file that fails, now
    and not with the first callback.
    """
    version = -1
    while version < len(MIGRATIONS):
        await connection.execute_fetchall("BEGIN IMMEDIATE")
        version = await _known_version(connection, path)
        for statement in MIGRATIONS[version] if version < len(MIGRATIONS) else ():
            await connection.execute_fetchall(statement)
        version = min(version + 1, len(MIGRATIONS))
        await connection.execute_fetchall(f"PRAGMA application_id = {APPLICATION_ID}")
        await connection.execute_fetchall(f"PRAGMA user_version = {version}")
        await connection.commit()


async def claim(connection: aiosqlite.Connection, path: Path, app_id: str) -> None:
    """Note whose calls the database keeps; raises `StoreError` when they are another bot's."""
    await connection.execute_fetchall("BEGIN IMMEDIATE")
    await connection.execute_fetchall(
        "INSERT INTO owner SELECT ? WHERE NOT EXISTS (SELECT 1 FROM owner)", (app_id.lower(),)
    )
    ((owner,),) = await connection.execute_fetchall("SELECT app_id FROM owner")
    await connection.commit()
    if owner != app_id.lower():
        raise StoreError(
            f"store {path}: it keeps the calls of the bot with app_id {owner}, not of {app_id}: "
            "give each bot a store of its own"
        )


async def _known_version(connection: aiosqlite.Connection, path: Path) -> int:
    """Return the database's version; raises `StoreError` for one that is to come."""
    version = await pragma(connection, "user_version")
    if not isinstance(version, int) or version > len(MIGRATIONS):
        raise StoreError(
            f"store {path}: its version is {version}, this callbot knows up to {len(MIGRATIONS)}: "
            "a newer callbot has written it. Run that version, or a later one; nothing was changed"
        )
    return version


async def pragma(connection: aiosqlite.Connection, name: str) -> object:
    """Return the value of a pragma."""
    rows = list(await connection.execute_fetchall(f"PRAGMA {name}"))
    value: object = rows[0][0] if rows else None
    return value
