"""Time limits for many requests at once, on the injected clock, with one timer for all of them."""

import asyncio
from types import TracebackType

from callbot.clock import Clock, Timer


class Deadlines:
    """Hands out time limits. A timer for each request would cost more than the rest of its sending.

    The timer is set for a moment at or before the earliest end; when it goes off, whoever is due is cancelled
    and it is set anew.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: dict[Limit, float] = {}
        self._timer: Timer | None = None
        self._next = float("inf")

    def within(self, seconds: float) -> "Limit":
        """Return a limit for a `with` block, which raises `TimeoutError` after `seconds`."""
        return Limit(self, seconds)

    def begin(self, limit: "Limit", seconds: float) -> None:
        """Watch a limit from now on."""
        due = self._clock.monotonic() + max(0.0, seconds)
        self._running[limit] = due
        if due < self._next:
            self._set(due)

    def end(self, limit: "Limit") -> None:
        """Watch a limit no longer. The timer stays: it finds nothing due, or serves another."""
        self._running.pop(limit, None)

    def close(self) -> None:
        """Take the timer back."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._next = None, float("inf")

    def _set(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = due
        self._timer = self._clock.call_later(max(0.0, due - self._clock.monotonic()), self._ring)

    def _ring(self) -> None:
        now = self._clock.monotonic()
        self._timer, self._next = None, float("inf")
        for limit in [limit for limit, due in self._running.items() if due <= now]:
            del self._running[limit]
            limit.exceed()
        if self._running:
            self._set(min(self._running.values()))


class Limit:
    """The time limit of one block, which cancels the task the block runs in.

    It does what `asyncio.timeout` does, but for what is not needed here: that one can be moved and asked what
    it is at, and looks up a dozen members of an enumeration for each request.
    https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.uncancel
    """

    __slots__ = ("_cancelling", "_deadlines", "_exceeded", "_seconds", "_task")

    _task: asyncio.Task[object]

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self._exceeded = False
        self._cancelling = 0

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a time limit is for a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._deadlines.begin(self, self._seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.end(self)
        if not self._exceeded:
            return
        others = self._task.uncancel() > self._cancelling  # have cancelled the task as well, and mean it
        if kind is asyncio.CancelledError and not others:
            raise TimeoutError from error

    def exceed(self) -> None:
        """Cancel the block: its time is over."""
        self._exceeded = True
        self._task.cancel()
