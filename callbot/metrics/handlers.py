"""Metrics of handlers: what they took, what they came to, and what waits for them."""

from collections.abc import Iterator

from callbot.hosted import HostedBot
from callbot.metrics.metric import Reading, counter, gauge, histogram

SECONDS = histogram(
    "callbot_handler_seconds",
    "how long handlers took, by the hook their change is for (a router's handler and `on_transition` count "
    "under it, too) and outcome: `ok`, `failed`",
    "hook",
    "outcome",
)
FAILURES = counter("callbot_handler_failures_total", "handlers, and filters of routers, that raised")
SLOW = counter("callbot_handlers_slow_total", "handlers that took longer than `handler_time_limit`")
WAITING = gauge(
    "callbot_handlers_waiting", "changes that wait for their handlers, behind one of the same call"
)
RUNNING = gauge("callbot_handlers_running", "calls that have a handler running")

METRICS = (SECONDS, FAILURES, SLOW, WAITING, RUNNING)


def readings(bot: HostedBot) -> Iterator[Reading]:
    """Read how the handlers of a bot do, those included that the platform waits for the answer of."""
    runtime = bot.runtime
    for times in (runtime.handler_times, runtime.asking.times):
        for hook, failed, took in times.took():
            yield SECONDS.of(took, hook, "failed" if failed else "ok")
    yield FAILURES.of(runtime.handler_failures)
    yield SLOW.of(runtime.handler_times.slow)
    yield WAITING.of(runtime.handlers_waiting)
    yield RUNNING.of(runtime.handlers)
