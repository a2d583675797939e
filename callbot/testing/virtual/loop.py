"""Virtual time for an event loop.

The loop asks its selector to wait when nothing is ready to run. That is the one place from where it can be
seen that nothing happens, so that is where time is made: if nothing is under way outside the loop either,
the next timer is due at once, and the loop's time jumps to it. Everything that waits by the loop jumps with
it: callbot's clock, `asyncio.sleep`, `asyncio.timeout`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Self

from callbot.clock import SystemClock, Timer
from callbot.testing.virtual.stillness import under_way

_SELECTOR = "_selector"  # asyncio has no public place from where one can see that nothing happens
_TIME = "time"  # this and the next are looked up in the loop whenever they are used
_THREAD = "run_in_executor"
_GLANCE = 0.02  # seconds of real time between two looks while something is under way
_QUIET = 0.001  # seconds of real time in which nothing may come before time jumps

Ready = list[Any]  # what the selector gives and only asyncio reads


class VirtualTime:
    """Makes the time of the running loop virtual while the block runs.

    `outside` names further packages whose coroutines wait for the real world (a database driver, say): time
    stands still as long as a task is in one of them. Raises `RuntimeError` for a loop that is not asyncio's
    own, and for one whose time is virtual already.
    """

    def __init__(self, *, outside: tuple[str, ...] = ()) -> None:
        self._loop = asyncio.get_running_loop()
        self._selector: Any = getattr(self._loop, _SELECTOR, None)
        self._outside = outside
        self._real = SystemClock()
        self._now = self._loop.time()
        self._alarms: dict[_Alarm, None] = {}
        self._threads = 0
        self._stirred = True

    def __enter__(self) -> Self:
        if self._selector is None:
            raise RuntimeError("virtual time needs asyncio's own event loop; else use real_time=True")
        if _TIME in vars(self._loop):
            raise RuntimeError("the time of this loop is virtual already: one simulation at a time")
        self._run_in_executor = self._loop.run_in_executor
        setattr(self._loop, _SELECTOR, _Selector(self._selector, self._wait))
        setattr(self._loop, _TIME, self.now)
        setattr(self._loop, _THREAD, self._count_thread)
        return self

    def __exit__(self, *exc_info: object) -> None:
        setattr(self._loop, _SELECTOR, self._selector)
        delattr(self._loop, _TIME)
        delattr(self._loop, _THREAD)

    def now(self) -> float:
        """Return the loop's time in seconds."""
        return self._now

    def alarm(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` after `seconds` of real time, whatever virtual time does."""
        alarm = _Alarm(self._real.monotonic() + seconds, callback, self._alarms)
        self._alarms[alarm] = None
        return alarm

    def under_way(self) -> list[str]:
        """Return in words what keeps time from jumping."""
        return under_way(self._loop, self._threads, self._outside)

    def _count_thread(
        self, executor: Executor | None, job: Callable[..., object], *arguments: object
    ) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._run_in_executor(executor, job, *arguments)
        self._threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def _wait(self, timeout: float | None) -> Ready:
        """Wait in the selector's place: until something comes, or until nothing can but the next timer."""
        self._ring_alarms()
        if timeout is not None and timeout <= 0:
            return self._look(0)
        ready = self._look(0)
        if ready:
            return ready
        if timeout is None or self.under_way():
            return self._look(_GLANCE)
        if self._stirred:  # what has just been read or written may have consequences nobody can count
            self._stirred = False
            ready = self._look(_QUIET)
        if not ready:
            self._now += timeout
        return ready

    def _look(self, seconds: float) -> Ready:
        ready: Ready = self._selector.select(seconds)
        self._stirred = self._stirred or bool(ready)
        return ready

    def _ring_alarms(self) -> None:
        if self._alarms:
            now = self._real.monotonic()
            for alarm in [one for one in self._alarms if one.due <= now]:
                alarm.cancel()
                alarm.callback()


class _Alarm:
    """A timer of real time."""

    def __init__(self, due: float, callback: Callable[[], object], among: "dict[_Alarm, None]") -> None:
        self.due = due
        self.callback = callback
        self._among = among

    def cancel(self) -> None:
        self._among.pop(self, None)


class _Selector:
    """A selector that waits as it is told, and is the real one in everything else."""

    def __init__(self, real: object, wait: Callable[[float | None], Ready]) -> None:
        self._real = real
        self.select = wait

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        return getattr(self._real, name)
