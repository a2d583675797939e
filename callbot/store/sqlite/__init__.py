"""The durable store of one machine: an SQLite database in write-ahead mode.

It needs the extra `sqlite`.
"""

from callbot.store.sqlite.opening import Synchronous
from callbot.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "Synchronous"]
