"""Waiting for something to change in a call. The end of the call ends every wait."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callbot.errors import CallEnded
from callbot.state import Change


@dataclass(eq=False, slots=True)
class Waiter:
    """One wait: `matches` says which change it is for."""

    matches: Callable[[Change], bool]
    future: asyncio.Future[Change]


class Waiters:
    """Everything that waits on one call."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._waiting: set[Waiter] = set()

    def expect(self, matches: Callable[[Change], bool]) -> Waiter:
        """Begin to wait, before doing what brings the change about, so that it cannot be missed."""
        waiter = Waiter(matches, asyncio.get_running_loop().create_future())
        self._waiting.add(waiter)
        return waiter

    async def wait(self, waiter: Waiter) -> Change:
        """Return the change `waiter` was for; raises `CallEnded` when the call ends before."""
        try:
            return await waiter.future
        finally:
            self.drop(waiter)

    def drop(self, waiter: Waiter) -> None:
        """Wait no longer."""
        self._waiting.discard(waiter)
        waiter.future.cancel()

    def tell(self, changes: Iterable[Change]) -> None:
        """Wake who waited for one of these."""
        for change in changes:
            for waiter in list(self._waiting):
                if not waiter.future.done() and waiter.matches(change):
                    waiter.future.set_result(change)

    def end(self, reason: str | None) -> None:
        """Wake everybody who still waits with `CallEnded`."""
        for waiter in list(self._waiting):
            if not waiter.future.done():
                waiter.future.set_exception(CallEnded(self._call_id, reason))
                waiter.future.exception()  # a wait that was given up meanwhile needs no warning
