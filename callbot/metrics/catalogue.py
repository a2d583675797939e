"""All metrics there are, and all readings of all bots of an application."""

import platform
from collections import Counter
from collections.abc import Iterator, Sequence

from callbot._version import __version__
from callbot.hosted import HostedBot
from callbot.metrics import callbacks, calls, graph, handlers, health
from callbot.metrics.metric import Metric, Reading, gauge

BUILD = gauge("callbot_build_info", "1, with what runs", "version", "python")

OF_BOTS: tuple[Metric, ...] = (
    *callbacks.METRICS,
    *calls.METRICS,
    *handlers.METRICS,
    *graph.METRICS,
    *health.METRICS,
)
"""The metrics each bot has, with the label `bot`."""


def build() -> Reading:
    """Read what runs."""
    return BUILD.of(1, __version__, platform.python_version())


def readings(bots: Sequence[HostedBot]) -> Iterator[tuple[str, Reading]]:
    """Read every metric of every bot, each with the bot's label.

    That is its app id; one that is in the application twice has its callback path beside it.
    """
    times = Counter(bot.settings.app_id.lower() for bot in bots)
    for bot in bots:
        settings = bot.settings
        twice = times[settings.app_id.lower()] > 1
        name = f"{settings.app_id} {settings.callback_path}" if twice else settings.app_id
        for part in (callbacks, calls, handlers, graph, health):
            for reading in part.readings(bot):
                yield name, reading
