"""Counts what became of the callbacks, and complains of refused ones without flooding the log.

Anybody can send a POST. So a refusal is logged once a minute per reason, with how many there were since.
"""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from callbot.clock import Clock
from callbot.log import get_logger, note

QUIET_SECONDS = 60.0
"""Seconds between two log lines with the same reason."""

_log = get_logger(__name__)


class Tally:
    """How many callbacks had which result. Results are fixed words; none comes from a sender.

    `message` is what the log says of one that was refused. With `traced` each is kept with the span of its
    callback, too.
    """

    def __init__(self, clock: Clock, message: str = "refused a callback", *, traced: bool = False) -> None:
        self._clock = clock
        self._message = message
        self._traced = traced
        self._counts: Counter[str] = Counter()
        self._told: dict[str, tuple[float, int]] = {}

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of callbacks by result, as a live view."""
        return MappingProxyType(self._counts)

    def count(self, result: str) -> None:
        """Count a callback."""
        self._counts[result] += 1
        if self._traced:
            note("callbot.result", result)

    def refused(self, reason: str, message: str, status: int) -> None:
        """Count a refused callback and say so in the log, unless the same was said just now."""
        self._counts[reason] += 1
        if self._traced:
            note("callbot.result", reason)
        now, total = self._clock.monotonic(), self._counts[reason]
        when, told = self._told.get(reason, (None, 0))
        if when is None or now - when >= QUIET_SECONDS:
            self._told[reason] = (now, total)
            _log.warning(self._message, reason=reason, cause=message, status=status, times=total - told)
