"""What a store has to do. Everything above talks to this protocol and to nothing else."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from callbot.state import Notified, Record


class Entry(NamedTuple):
    """A notification in the inbox; `number` grows in the order of acceptance."""

    number: int
    notified: Notified


class Store(Protocol):
    """Records by call key, written with compare-and-set, and an inbox of accepted notifications.

    Every method raises `StoreError` when the store cannot do it; then nothing was changed.
    """

    async def open(self) -> None:
        """Make the store ready; raises `StoreError` when it cannot be."""

    async def close(self) -> None:
        """Let go of everything; what was written stays."""

    async def get(self, key: str) -> Record | None:
        """Return the record of a call, None for one that is not kept."""

    async def put(self, record: Record, taken: Sequence[int] = ()) -> Record:
        """Write a record that was made from version `record.version`, and return it with its new version.

        In the same write the inbox entries numbered `taken` are done with. Raises `VersionConflict` when
        the store holds another version (0 is none at all).
        """
        ...

    async def forget(self, record: Record) -> None:
        """Remove a record of exactly this version; raises `VersionConflict` when it holds another."""

    def records(self) -> AsyncIterator[Record]:
        """Every record kept, tombstones included."""
        ...

    async def accept(self, notifications: Sequence[Notified]) -> Sequence[Entry]:
        """Put notifications into the inbox, all or none, in this order. When this returns, they are kept."""
        ...

    async def discard(self, numbers: Sequence[int]) -> None:
        """Take entries out of the inbox that no record is to be written for."""

    def inbox(self) -> AsyncIterator[Entry]:
        """Every entry that is not done with, in the order of acceptance."""
        ...
