"""One heap of timers for all calls."""

import heapq
from collections.abc import Callable

from callbot.clock import Clock, Timer
from callbot.log import NOTHING, about

_LONGEST_SLEEP = 60.0  # seconds; so that a wall clock that was set is noticed
_STEP = 5.0  # seconds; a clock that goes back by less delays nothing that matters


class Timers:
    """Calls `due(key)` when the time of a key has come.

    A key has one time; setting a later one leaves the earlier in the heap, and whoever is told of it looks
    at what is really due. So a call that is sighted often costs the heap nothing. `set_back` is called when
    the wall clock was set back: every time that was named lies too far ahead then.
    """

    def __init__(
        self, clock: Clock, due: Callable[[str], None], *, set_back: Callable[[], None] = lambda: None
    ) -> None:
        self._clock = clock
        self._due = due
        self._set_back = set_back
        self._ahead = clock.time() - clock.monotonic()
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
        with about(NOTHING):  # not what was being done when the timer was set
            self._look()

    def _look(self) -> None:
        self._timer, self._wakes_at = None, float("inf")
        ahead, before = self._clock.time() - self._clock.monotonic(), self._ahead
        self._ahead = ahead
        if ahead < before - _STEP:
            self._set_back()
        now = self._clock.time()
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._earliest.get(key) == at:
                del self._earliest[key]
                self._due(key)
        if self._heap:
            self._sleep_until(self._heap[0][0])
