"""Metrics of the process itself: whether it can do its work."""

from collections.abc import Iterator

from callbot.hosted import HostedBot
from callbot.metrics.metric import Reading, counter, gauge

READY = gauge("callbot_ready", "1 when callbacks should come here, as `/readyz` says, else 0")
STORE_OK = gauge("callbot_store_ok", "1 when the store keeps what is written to it, else 0")
STORE_FAILURES = counter(
    "callbot_store_failures_total",
    "writes that the store did not take, by what was written: `callback`, `record`, `lease`",
    "written",
)
OWNER = gauge("callbot_ownership_held", "1 in the process that looks after the calls of its store, else 0")

METRICS = (READY, STORE_OK, STORE_FAILURES, OWNER)


def readings(bot: HostedBot) -> Iterator[Reading]:
    """Read how a bot is."""
    health = bot.runtime.store_health
    yield READY.of(not bot.unready)
    yield STORE_OK.of(not health.down)
    for written in ("callback", "record", "lease"):
        yield STORE_FAILURES.of(health.failures[written], written)
    yield OWNER.of(bot.runtime.ownership.held)
