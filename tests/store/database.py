"""A database file in tests: open as a store, filled, and as another program has it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from callbot.store.sqlite import SqliteStore
from callbot.testing.stores.base import notified, put, record


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def filled(path: Path, records: int = 1) -> None:
    async with opened(path) as store:
        await asyncio.gather(*(put(store, record(f"call {n}")) for n in range(records)))
        await store.accept([notified(1)])


@contextmanager
def foreign(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as another program has it open."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection
