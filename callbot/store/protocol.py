"""What a store has to do. Everything above talks to this protocol and to nothing else."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from callbot.state import Notified, Record
from callbot.store.leases import Lease


class Entry(NamedTuple):
    """A notification in the inbox; `number` grows in the order of acceptance."""

    number: int
    notified: Notified


class Store(Protocol):
    """Records by call key, written with compare-and-set, an inbox of accepted notifications, and leases.

    Every method raises `StoreError` when the store cannot do it; then nothing was changed. What a method
    has returned for is kept. A `fence` is the lease under which a write is made: when another process has
    taken it over meanwhile, or it was released, the write raises `LeaseLost`. A store that keeps JSON raises
    `UnfitRecord` for what JSON cannot hold; any other `StoreError` may pass.

    `callbot.testing.stores` holds the checks that a store must pass.
    """

    @property
    def shared(self) -> bool:
        """Whether another process can use the same store, so that leases decide who looks after calls."""
        ...

    async def open(self) -> None:
        """Make the store ready; raises `StoreError` when it cannot be."""

    async def close(self) -> None:
        """Finish what was asked for and let go of everything; what was written stays."""

    async def get(self, key: str) -> Record | None:
        """Return the record of a call, None for one that is not kept."""

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        """Write a record over the version it was made from, which is `record.version - 1`.

        In the same write the inbox entries numbered `taken` are done with. Raises `VersionConflict` when
        the store holds another version (0 is none at all).
        """

    async def forget(self, record: Record, fence: Lease | None = None) -> None:
        """Remove a record of exactly this version; raises `VersionConflict` when it holds another."""

    async def expire(self, ended_before: float) -> int:
        """Remove the tombstones of calls that ended before this wall time, and say how many there were.

        A call with an unfinished handler is kept. For the start of a process: while none ran, nobody
        was there to forget them one by one.
        """
        ...

    def records(self) -> AsyncIterator[Record]:
        """Every record kept, tombstones included."""
        ...

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        """Put notifications into the inbox, all or none, in this order. When this returns, they are kept.

        Any process may accept, whoever looks after the call.
        """
        ...

    async def discard(self, numbers: Sequence[int], fence: Lease | None = None) -> None:
        """Take entries out of the inbox that no record is to be written for."""

    def inbox(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry numbered above `after` that is not done with, in the order of acceptance.

        An entry never appears with a number below one that was to be seen before: who remembers the last
        number has missed nothing.
        """
        ...

    async def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Give `name` to `holder` for `seconds`; None while another holder's lease lasts.

        A holder that asks for what it holds gets it extended, under the same token. `holder` must be a name
        no other process has or had: a restarted process is another one. A wall clock that is set, forward or
        back, neither ends a lease nor makes it longer.
        """

    async def renew(self, leases: Sequence[Lease], seconds: float) -> Sequence[Lease]:
        """Extend leases to `seconds` from now, and return those that are still held. One write for all.

        A lease that expired is still held as long as nobody else has acquired it.
        """
        ...

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back, for others to have at once. Those that are lost already are left alone."""
