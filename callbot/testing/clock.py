"""A clock that stands still until a test moves it."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class _Pending:
    due: float
    order: int
    callback: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """A `callbot.clock.Clock` that moves only when told to.

    `start` is its first wall time in seconds since the Unix epoch (default 2026-01-01T00:00:00Z).
    """

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._epoch = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._pending: list[_Pending] = []

    def time(self) -> float:
        """Return the wall time in seconds since the Unix epoch."""
        return self._epoch + self._elapsed

    def monotonic(self) -> float:
        """Return the seconds this clock has been moved."""
        return self._elapsed

    def set_time(self, wall: float) -> None:
        """Set the wall clock, as an operator or a time server may; no time passes by it."""
        self._epoch = wall - self._elapsed

    def call_later(self, delay: float, callback: Callable[[], object]) -> _Pending:
        """Call `callback` when the clock has been moved `delay` seconds further."""
        pending = _Pending(self._elapsed + delay, next(self._order), callback)
        heapq.heappush(self._pending, pending)
        return pending

    async def advance(self, seconds: float) -> None:
        """Move the clock, stopping at each timer on the way so that what it wakes can set the next one."""
        target = self._elapsed + seconds
        await settle()
        while self._pending and self._pending[0].due <= target:
            pending = heapq.heappop(self._pending)
            if pending.cancelled:
                continue
            self._elapsed = max(self._elapsed, pending.due)
            pending.callback()
            await settle()
        self._elapsed = target
        await settle()


async def settle(rounds: int = 20) -> None:
    """Let every task that can run without I/O run, for `rounds` turns of the loop."""
    for _ in range(rounds):
        await asyncio.sleep(0)
