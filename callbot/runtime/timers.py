"""One heap of timers for all calls."""

import heapq
from collections.abc import Callable

from callbot.clock import Clock, Timer

_LONGEST_SLEEP = 60.0  # seconds; so that a wall clock that was set is noticed


class Timers:
    """Calls `due(key)` when the time of a key has come.

    A key has one time; setting a later one leaves the earlier in the heap, and whoever is told of it looks
    at what is really due. So a call that is sighted often costs the heap nothing.
    """

    def __init__(self, clock: Clock, due: Callable[[str], None]) -> None:
        self._clock = clock
        self._due = due
        self._heap: list[tuple[float, str]] = []
        self._earliest: dict[str, float] = {}
        self._timer: Timer | None = None
        self._wakes_at = float("inf")

    def set(self, key: str, at: float) -> None:
        """Have `due(key)` called at the wall time `at`, or before."""
        if at < self._earliest.get(key, float("inf")):
            self._earliest[key] = at
            heapq.heappush(self._heap, (at, key))
            self._sleep_until(at)

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._earliest.pop(key, None)

    def stop(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._earliest.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _sleep_until(self, at: float) -> None:
        if at >= self._wakes_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wakes_at = at
        delay = min(max(at - self._clock.time(), 0.0), _LONGEST_SLEEP)
        self._timer = self._clock.call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer, self._wakes_at = None, float("inf")
        now = self._clock.time()
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._earliest.get(key) == at:
                del self._earliest[key]
                self._due(key)
        if self._heap:
            self._sleep_until(self._heap[0][0])
