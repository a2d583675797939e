"""The clock of a simulation: the event loop's own time, whether that is real or virtual."""

import asyncio
from collections.abc import Callable

from callbot.clock import SystemClock, Timer


class LoopClock:
    """A `callbot.clock.Clock` on the running loop, so that `asyncio.sleep` and callbot agree about time.

    `start` is its first wall time in seconds since the Unix epoch; None for now.
    """

    def __init__(self, start: float | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._epoch = (SystemClock().time() if start is None else start) - self._loop.time()

    def time(self) -> float:
        """Return the wall time in seconds since the Unix epoch."""
        return self._epoch + self._loop.time()

    def monotonic(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        return self._loop.time()

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in the loop after `delay` seconds."""
        return self._loop.call_later(delay, callback)
