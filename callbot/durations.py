"""How long things took, counted by length as they happen: what a histogram is made of.

prometheus_client has histograms of its own, five times as dear and not to be imported by a library that
nobody scrapes; `callbot.metrics` shows these as what Prometheus calls a histogram.
"""

from bisect import bisect_left
from collections.abc import Sequence


class Durations:
    """Counts durations. `bounds` are seconds in rising order; each counts what is no longer than it.

    `counts` has one number per bound and a last one for what is longer than all; `total` is in seconds.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one, of no less than zero seconds."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds
