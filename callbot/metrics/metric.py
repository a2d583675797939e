"""What one metric is: the single declaration that readings, scrapes and docs/metrics.md are made from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from callbot.durations import Durations

BOT = "bot"
"""The label that every metric of a bot has: its app id."""


class Kind(StrEnum):
    """How values behave: a counter only grows, a gauge goes up and down, a histogram counts durations."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` is as it is scraped, a counter's with `_total`; `meaning` is what a scrape and the docs say.

    `labels` have values of a bounded set, beside `bot`: never what a sender chose.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The name without the ending that counters have in a scrape."""
        return self.name.removesuffix("_total")

    def of(self, value: float | Durations, *labels: str) -> "Reading":
        """Return a value of this metric; `labels` are in the order of the declaration."""
        return Reading(self, labels, value)


class Reading(NamedTuple):
    """What a metric is now."""

    metric: Metric
    labels: tuple[str, ...]
    value: float | Durations


def counter(name: str, meaning: str, *labels: str) -> Metric:
    """Declare what only grows; `name` ends in `_total`."""
    return Metric(name, Kind.COUNTER, meaning, labels)


def gauge(name: str, meaning: str, *labels: str) -> Metric:
    """Declare what goes up and down."""
    return Metric(name, Kind.GAUGE, meaning, labels)


def histogram(name: str, meaning: str, *labels: str) -> Metric:
    """Declare how long something takes; `name` ends in `_seconds`."""
    return Metric(name, Kind.HISTOGRAM, meaning, labels)
