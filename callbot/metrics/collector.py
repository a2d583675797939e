"""The readings as prometheus_client wants them; importing that takes time, so this is imported on use."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import Metric as Family
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from callbot.durations import Durations
from callbot.hosted import HostedBot
from callbot.metrics.catalogue import BUILD, OF_BOTS, build, readings
from callbot.metrics.metric import BOT, Kind, Metric, Reading

_Typed = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class BotCollector:
    """Reads the metrics of bots whenever a registry is scraped: `registry.register(BotCollector(bots))`.

    It may be scraped in any thread. `bots` may grow: it is looked at for each scrape.
    """

    def __init__(self, bots: Sequence[HostedBot]) -> None:
        self._bots = bots

    def describe(self) -> Iterable[Family]:
        """Say which metrics there will be, so that a registry need not scrape to know."""
        return [_family(BUILD), *(_family(metric, BOT) for metric in OF_BOTS)]

    def collect(self) -> Iterator[Family]:
        """Read everything now."""
        yield _filled(_family(BUILD), build())
        families = {metric.name: _family(metric, BOT) for metric in OF_BOTS}
        for bot, reading in readings(tuple(self._bots)):
            _filled(families[reading.metric.name], reading, bot)
        yield from families.values()


def _family(metric: Metric, *labels: str) -> _Typed:
    named = (*labels, *metric.labels)
    match metric.kind:
        case Kind.COUNTER:
            return CounterMetricFamily(metric.family, metric.meaning, labels=named)
        case Kind.GAUGE:
            return GaugeMetricFamily(metric.name, metric.meaning, labels=named)
        case Kind.HISTOGRAM:
            return HistogramMetricFamily(metric.name, metric.meaning, labels=named)


def _filled(family: _Typed, reading: Reading, *labels: str) -> _Typed:
    values = (*labels, *reading.labels)
    value = reading.value
    if isinstance(value, Durations):
        if not isinstance(family, HistogramMetricFamily):
            raise TypeError(f"{reading.metric.name} is no histogram")
        family.add_metric(values, _buckets(value), value.total)
    elif isinstance(family, HistogramMetricFamily):
        raise TypeError(f"{reading.metric.name} is a histogram")
    else:
        family.add_metric(values, float(value))
    return family


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    """Return how many durations were no longer than each bound."""
    bounds = [*(repr(bound) for bound in durations.bounds), "+Inf"]
    return list(zip(bounds, accumulate(tuple(durations.counts)), strict=True))
