"""Waiting for something to change in a call. The end of the call ends every wait."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from callbot.errors import CallEnded
from callbot.state import Change

Awaited = TypeVar("Awaited", bound=Change)


class Waiter(Generic[Awaited]):
    """One wait, for a change of the type `kind` that `matches`."""

    def __init__(self, kind: type[Awaited], matches: Callable[[Awaited], bool]) -> None:
        self._kind = kind
        self._matches = matches
        self.future: asyncio.Future[Awaited] = asyncio.get_running_loop().create_future()

    def tell(self, change: Change) -> None:
        """End the wait if it is for this change."""
        if isinstance(change, self._kind) and not self.future.done() and self._matches(change):
            self.future.set_result(change)

    def end(self, error: CallEnded) -> None:
        """End the wait without its change."""
        if not self.future.done():
            self.future.set_exception(error)
            self.future.exception()  # a wait that was given up meanwhile needs no warning


class Waiters:
    """Everything that waits on one call."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._waiting: set[Waiter[Any]] = set()  # of changes of every kind

    def expect(self, kind: type[Awaited], matches: Callable[[Awaited], bool]) -> Waiter[Awaited]:
        """Begin to wait, before doing what brings the change about, so that it cannot be missed."""
        waiter = Waiter(kind, matches)
        self._waiting.add(waiter)
        return waiter

    async def wait(self, waiter: Waiter[Awaited]) -> Awaited:
        """Return the change `waiter` was for; raises `CallEnded` when the call ends before."""
        try:
            return await waiter.future
        finally:
            self.drop(waiter)

    def drop(self, waiter: Waiter[Any]) -> None:
        """Wait no longer."""
        self._waiting.discard(waiter)
        waiter.future.cancel()

    def tell(self, changes: Iterable[Change]) -> None:
        """Wake who waited for one of these."""
        for change in changes:
            for waiter in list(self._waiting):
                waiter.tell(change)

    def end(self, reason: str | None) -> None:
        """Wake everybody who still waits with `CallEnded`."""
        for waiter in list(self._waiting):
            waiter.end(CallEnded(self._call_id, reason))
