"""From SQLite's errors to `StoreError`s that say what to do."""

import errno
import sqlite3
from pathlib import Path

from callbot.errors import StoreError

CORRUPT = "it is corrupt: restore a copy, or move it away together with its -wal and -shm files"

_ADVICE = {
    "SQLITE_FULL": "the disk is full, or the file may not grow: make room",
    "SQLITE_READONLY": "it is read-only: give the service the right to write to it and to its folder",
    "SQLITE_PERM": "it is not permitted: give the service the right to read and write it and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened: its folder must exist and be writable by the service",
    "SQLITE_BUSY": "another process keeps it to itself: end that process, or use another file",
    "SQLITE_LOCKED": "another process keeps it to itself: end that process, or use another file",
    "SQLITE_NOTADB": "it is not an SQLite database: name another file, or move this one away",
    "SQLITE_CORRUPT": CORRUPT,
    "SQLITE_IOERR": "the disk does not read or write: look at the system's log",
}
_OF_SYSTEM = {
    errno.EACCES: "SQLITE_PERM",
    errno.EPERM: "SQLITE_PERM",
    errno.EROFS: "SQLITE_READONLY",
    errno.ENOENT: "SQLITE_CANTOPEN",
    errno.ENOSPC: "SQLITE_FULL",
    errno.EDQUOT: "SQLITE_FULL",
}


def store_error(path: Path, error: Exception) -> StoreError:
    """Return what `error` means to whoever has to put it right. Nothing stored is in its text."""
    name = _OF_SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None)  # those Python raises by itself have none
    advice = _ADVICE.get("_".join((name or "").split("_")[:2]), str(error))
    return StoreError(f"store {path}: {advice} ({name or type(error).__name__})")
