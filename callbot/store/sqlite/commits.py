"""Group commit: the writes of a burst share one transaction, and so one wait for the disk.

While a transaction is on its way to the disk, what is asked for meanwhile gathers; the next transaction
takes all of it. So nothing waits for company, and the more there is to write the less each write costs.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import aiosqlite

from callbot.errors import StoreError
from callbot.store.sqlite.faults import store_error
from callbot.store.sqlite.ledger import Ledger

T = TypeVar("T")

_LARGEST = 1000  # writes in one transaction: so that the first of them does not wait for ever


class _Waiting(Protocol):
    keys: Sequence[str]
    names: Sequence[str]

    def apply(self, ledger: Ledger) -> Callable[[], None]: ...
    def fail(self, error: StoreError) -> None: ...


@dataclass(eq=False, slots=True)
class _Write(Generic[T]):
    """One write, and who waits for it."""

    change: Callable[[Ledger], T]
    keys: Sequence[str]
    names: Sequence[str]
    done: asyncio.Future[T]

    def apply(self, ledger: Ledger) -> Callable[[], None]:
        """Do it in the ledger; what is returned tells the one who waits, once it is kept."""
        try:
            return partial(self._succeed, self.change(ledger))
        except StoreError as refusal:
            return partial(self.fail, refusal)

    def fail(self, error: StoreError) -> None:
        """Tell the one who waits that nothing was written."""
        if not self.done.done():
            self.done.set_exception(error)

    def _succeed(self, result: T) -> None:
        if not self.done.done():
            self.done.set_result(result)


class Commits:
    """The only writer of a database in this process. `counts` has the `writes` and the `commits` made."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.counts: Counter[str] = Counter()

    async def write(
        self, change: Callable[[Ledger], T], *, keys: Sequence[str] = (), names: Sequence[str] = ()
    ) -> T:
        """Have `change` made, and return what it returned when that is on the disk.

        `keys` and `names` are the records and leases that `change` looks at. It refuses by raising a
        `StoreError`, which concerns nobody else's write.
        """
        if self._closed:
            raise StoreError(f"store {self._path}: it is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Write(change, keys, names, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_all(), name="store commits")
        return await done

    async def close(self) -> None:
        """Take no more writes, and return when those that were asked for are done."""
        self._closed = True
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _commit_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST))]
            await self._commit(batch)

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            told = await self._in_transaction(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be told
            await self._roll_back()
            for one in batch:
                one.fail(store_error(self._path, error))
            return
        except asyncio.CancelledError:
            for one in batch:
                one.fail(StoreError(f"store {self._path}: the process is ending"))
            raise
        self.counts["commits"] += 1
        self.counts["writes"] += len(batch)
        for tell in told:
            tell()

    async def _in_transaction(self, batch: Sequence[_Waiting]) -> list[Callable[[], None]]:
        connection = self._connection
        await connection.execute_fetchall("BEGIN IMMEDIATE")
        keys = [key for one in batch for key in one.keys]
        names = [name for one in batch for name in one.names]
        ledger = await Ledger.read(connection, keys, names)
        told = [one.apply(ledger) for one in batch]
        await ledger.flush(connection)
        await connection.commit()
        return told

    async def _roll_back(self) -> None:
        """Leave the transaction, where SQLite has not done so itself."""
        try:
            if self._connection.in_transaction:
                await self._connection.rollback()
        except Exception as error:  # noqa: BLE001 - the fault before this one is what has to be told
            self.counts[f"rollback {type(error).__name__}"] += 1
