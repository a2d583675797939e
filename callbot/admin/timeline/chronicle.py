"""The timelines of the calls of one bot.

In memory only, and only while there is an admin API. Each has its latest entries, all of them together have a
limit, and that of a call goes with its record.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import NamedTuple

from callbot.admin.timeline.entry import (
    Entry,
    of_change,
    of_handled,
    of_handler,
    of_observation,
    of_sent,
)
from callbot.bot import Handled
from callbot.clock import Clock
from callbot.graph import Sent
from callbot.log import get_logger
from callbot.model import ResourcePath, call_key
from callbot.registry import Observed
from callbot.state import Change, Observation

_log = get_logger(__name__)

LONGEST = 100
"""Entries of one call that are kept: the latest."""

MOST = 250_000
"""Entries of all calls that are kept: about 40 MB. The call that was seen first loses its own first."""

_FIRST_SWEEP = 1_000  # timelines
_MOMENT = attrgetter("at")


@contextmanager
def _harmless() -> Iterator[None]:
    """Let no mistake in the watching stop what is watched."""
    try:
        yield
    except Exception:  # noqa: BLE001 - as said above
        _log.exception("what happened in a call could not be noted")


class Running(NamedTuple):
    """A handler that runs, since a wall time in seconds."""

    handler: str
    since: float
    change: Change


class Chronicle:
    """Watches a runtime and keeps what it sees.

    `is_known` says whether there is a record of a call key, `publish` is given each entry with its call key.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        is_known: Callable[[str], bool],
        publish: Callable[[str, Entry], None],
        most: int = MOST,
    ) -> None:
        self._clock = clock
        self._is_known = is_known
        self._publish = publish
        self._most = most
        self._timelines: dict[str, list[Entry]] = {}
        self._running: dict[str, Running] = {}
        self._sweep_at = _FIRST_SWEEP
        self.entries = 0

    def timeline(self, key: str) -> Sequence[Entry]:
        """Return what is kept of a call, in the order of time; what has one time, in that of arrival."""
        return tuple(self._timelines.get(key, ()))

    def running(self, key: str) -> Running | None:
        """Return the handler of a call that runs now."""
        return self._running.get(key)

    # -- what it is told ------------------------------------------------------------------------------

    def seen(self, key: str, observation: Observation, observed: Observed) -> None:
        """Take note of an observation of a call, and of what it came to."""
        if observed.record is None:
            return
        with _harmless():
            entry = of_observation(observation, observed.verdict)
            if entry is not None:
                self._note(key, entry)
            for change in observed.changes:
                self._note(key, of_change(change))

    def began(self, call_id: str, change: Change, handler: str) -> None:
        """Take note that a handler begins."""
        key, now = call_key(call_id), self._clock.time()
        self._running[key] = Running(handler, now, change)
        with _harmless():
            self._note(key, of_handler(now, change, handler))

    def ended(self, handled: Handled) -> None:
        """Take note that a handler has finished, or that there was none."""
        key = call_key(handled.change.call_id)
        if self._running.pop(key, None) is not None:
            with _harmless():
                self._note(key, of_handled(self._clock.time(), handled))

    def sent(self, sent: Sent) -> None:
        """Take note of what became of a request to Graph, where it was about a call."""
        with _harmless():
            key = ResourcePath.parse(sent.url).key
            entry = of_sent(self._clock.time(), sent)
            if key is not None and entry is not None and self._is_known(key):
                self._note(key, entry)

    # -- keeping it -----------------------------------------------------------------------------------

    def _note(self, key: str, entry: Entry) -> None:
        timeline = self._timelines.get(key)
        if timeline is None:
            self._sweep()
            timeline = self._timelines[key] = []
        # At the end, but for what is seen late: after a restart, what another process had accepted.
        place = bisect_right(timeline, entry.at, key=_MOMENT)
        if place and timeline[place - 1].is_like(entry):
            timeline[place - 1] = timeline[place - 1].again(entry.at)
        else:
            timeline.insert(place, entry)
            self.entries += 1
            if len(timeline) > LONGEST:
                del timeline[0]
                self.entries -= 1
        while self.entries > self._most and len(self._timelines) > 1:
            self._drop(next(iter(self._timelines)))
        self._publish(key, entry)

    def _sweep(self) -> None:
        """Drop the timelines of calls that are forgotten, whenever there are twice as many as were left."""
        if len(self._timelines) < self._sweep_at:
            return
        for key in [key for key in self._timelines if not self._is_known(key)]:
            self._drop(key)
        self._sweep_at = max(_FIRST_SWEEP, 2 * len(self._timelines))

    def _drop(self, key: str) -> None:
        self.entries -= len(self._timelines.pop(key))
