"""Opening a database file: whose it is, who may read it, and whether it can be written at all."""

import errno
import logging
import os
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import aiosqlite

from callbot.clock import Clock, sleep
from callbot.errors import StoreError
from callbot.log import get_logger
from callbot.store.sqlite.faults import store_error
from callbot.store.sqlite.schema import claim, inspect, migrate, pragma

_log = get_logger(__name__)

_BUSY_SECONDS = 10.0  # how long to wait while another process writes
_ATTEMPTS = 100
_PAUSE = 0.05  # seconds
_OTHERS = 0o077


class Synchronous(StrEnum):
    """What a commit waits for: NORMAL outlives the process, FULL also a power cut."""

    NORMAL = "normal"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Connections:
    """The two ways into one database: reads never see what is not committed."""

    writing: aiosqlite.Connection
    reading: aiosqlite.Connection

    async def close(self) -> None:
        """Close both; the last process to do so leaves one file without a write-ahead log."""
        try:
            await self.reading.close()
        finally:
            await self.writing.close()


async def connect(path: Path, synchronous: Synchronous, clock: Clock, app_id: str | None) -> Connections:
    """Open the database at `path`, made anew where there is none.

    Raises `StoreError` when it cannot be, and when it keeps the calls of another bot than `app_id`.
    """
    # at DEBUG it writes every statement with its values: documents, tokens, names
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    try:
        _prepare(path)
        for _ in range(_ATTEMPTS - 1):
            try:
                return await _both(path, synchronous, app_id)
            except aiosqlite.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            await sleep(clock, _PAUSE)  # a new file becomes WAL without waiting for others who do the same
        return await _both(path, synchronous, app_id)
    except (aiosqlite.Error, OSError) as error:
        raise store_error(path, error) from error


async def _both(path: Path, synchronous: Synchronous, app_id: str | None) -> Connections:
    writing = await _connected(path)
    try:
        await _make_ready(writing, path, synchronous)
        if app_id is not None:
            await claim(writing, path, app_id)
        return Connections(writing, await _connected(path))
    except BaseException:
        await writing.close()
        raise


async def _connected(path: Path) -> aiosqlite.Connection:
    return await aiosqlite.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


async def _make_ready(connection: aiosqlite.Connection, path: Path, synchronous: Synchronous) -> None:
    await inspect(connection, path)
    mode = await pragma(connection, "journal_mode = WAL")
    if mode != "wal":
        raise StoreError(f"store {path}: no write-ahead log can be kept there ({mode}): use a local disk")
    await pragma(connection, f"synchronous = {synchronous}")
    await migrate(connection, path)


def _prepare(path: Path) -> None:
    """Make the file for its owner alone: documents hold the tokens of meetings and of recordings.

    SQLite gives its -wal and -shm files the permissions of this one. A file that is there is not opened
    here: to close it again would drop the claims SQLite has on it in this process.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise StoreError(f"store {path}: it is a folder: name a file") from None
        effective = os.access in os.supports_effective_ids
        if not os.access(path, os.R_OK | os.W_OK, effective_ids=effective):
            raise PermissionError(errno.EACCES, "cannot be read and written", str(path)) from None
        if path.stat().st_mode & _OTHERS:
            _log.warning("store can be read by other users: chmod 600", path=str(path))
    except FileNotFoundError:
        raise StoreError(f"store {path}: its folder does not exist: mkdir -p {path.parent}") from None
