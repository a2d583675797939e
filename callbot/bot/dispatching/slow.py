"""Reporting handlers that take long, with where they stand."""

from callbot.bot.dispatching.queue import HandlerQueue
from callbot.bot.dispatching.standing import where_it_stands
from callbot.bot.dispatching.times import HookTimes
from callbot.clock import Clock, Timer
from callbot.log import about, get_logger

_log = get_logger(__name__)


class SlowHandlers:
    """Watches over the handlers that run; one timer is enough for all.

    A handler past `time_limit` seconds is reported once, counted in `times`, and goes on.
    """

    def __init__(self, clock: Clock, time_limit: float, times: HookTimes) -> None:
        self._clock = clock
        self._time_limit = time_limit
        self._times = times
        self._began: dict[HandlerQueue, float] = {}  # not known to take long, the oldest first
        self._timer: Timer | None = None

    def begun(self, queue: HandlerQueue) -> None:
        """Watch over the handler that begins in this queue."""
        self._began[queue] = self._clock.monotonic()
        if self._timer is None:
            self._timer = self._clock.call_later(self._time_limit, self._look)

    def ended(self, queue: HandlerQueue) -> None:
        """Leave it: it has finished."""
        self._began.pop(queue, None)

    def _look(self) -> None:
        """Report the handlers that take long, and look again when the next one would."""
        self._timer = None
        now = self._clock.monotonic()
        while self._began:
            queue, began = next(iter(self._began.items()))
            left = began + self._time_limit - now
            if left > 0:
                self._timer = self._clock.call_later(left, self._look)
                return
            del self._began[queue]
            with about(queue.context):  # not that of the handler which has set the timer
                self._report(queue)

    def _report(self, queue: HandlerQueue) -> None:
        if queue.task is None or queue.handling is None:
            return
        self._times.slow += 1
        standing = where_it_stands(queue.task)
        _log.warning(
            "handler takes long",
            handler=queue.handling.name,
            seconds=self._time_limit,
            where=standing.where,
            waits_for=standing.waits_for,
        )
