"""Time as callbot sees it, so that a test can run hours of call in milliseconds.

Everything that waits or looks at the time takes a `Clock`; nothing else in callbot calls `time` or
`asyncio.sleep`. In service the clock is `SystemClock`; tests inject `callbot.testing.ManualClock`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol


class Timer(Protocol):
    """A callback that is due later and can still be called off."""

    def cancel(self) -> None:
        """Call it off. Harmless when it has already run."""


class Clock(Protocol):
    """What time it is, and a way to be called later.

    `time` is wall time in seconds since the Unix epoch: it is stored and compared with token lifetimes.
    `monotonic` is in seconds from an arbitrary start and never goes back: it measures durations. The
    processes of one machine agree on it, since its start is that of the machine.
    """

    def time(self) -> float:
        """Return the wall time in seconds since the Unix epoch."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in the running loop after `delay` seconds."""
        ...


class SystemClock:
    """The machine's own clocks and the running event loop's timers."""

    def time(self) -> float:
        """Return the wall time in seconds since the Unix epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        return time.monotonic()

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in the running loop after `delay` seconds."""
        return asyncio.get_running_loop().call_later(delay, callback)


async def sleep(clock: Clock, delay: float) -> None:
    """Wait `delay` seconds of `clock`."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not done.done():
            done.set_result(None)

    timer = clock.call_later(max(delay, 0.0), wake)
    try:
        await done
    finally:
        timer.cancel()


@asynccontextmanager
async def timeout(clock: Clock, delay: float | None) -> AsyncIterator[None]:
    """Raise `TimeoutError` from the block when it takes longer than `delay` seconds of `clock`.

    `None` is no limit. Only the block is cancelled, as with `asyncio.timeout`, which does the work.
    """
    async with asyncio.timeout(None) as scope:
        if delay is None:
            yield
            return
        loop = asyncio.get_running_loop()
        timer = clock.call_later(max(delay, 0.0), lambda: scope.reschedule(loop.time()))
        try:
            yield
        finally:
            timer.cancel()
