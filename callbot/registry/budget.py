"""How many reads per second callbot allows itself, over all calls."""

from callbot.clock import Clock

_SHORTEST_WAIT = 0.001  # seconds; a rounding error must not become a busy loop


class RateBudget:
    """A token bucket: `rate` reads per second, and a burst of one second's worth.

    `pause` stops it for a while, as a throttling answer asks.
    """

    def __init__(self, rate: float, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._burst = max(rate, 1.0)
        self._available = self._burst
        self._counted_at = clock.monotonic()

    def take(self) -> float:
        """Take one read. Returns 0.0 when it may start now, else the seconds to wait before asking again."""
        now = self._clock.monotonic()
        if now > self._counted_at:
            self._available = min(self._burst, self._available + (now - self._counted_at) * self._rate)
            self._counted_at = now
        if self._counted_at > now:
            return self._counted_at - now
        if self._available >= 1.0:
            self._available -= 1.0
            return 0.0
        return max((1.0 - self._available) / self._rate, _SHORTEST_WAIT)

    def pause(self, seconds: float) -> None:
        """Start nothing for `seconds`, and then go on without a burst."""
        self._available = 0.0
        self._counted_at = max(self._counted_at, self._clock.monotonic() + seconds)
