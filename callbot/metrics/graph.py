"""Metrics of requests to Graph, and of the sign-ins they need."""

import re
from collections.abc import Iterator

from callbot.errors import Throttled
from callbot.hosted import HostedBot
from callbot.metrics.callbacks import counted
from callbot.metrics.metric import Reading, counter, histogram

REQUESTS = counter(
    "callbot_graph_requests_total",
    "requests by verb and result, each try by itself: `ok`, or what the answer means, as `call_not_found`, "
    "`permission_denied`, `throttled`, `unavailable` (5xx, or no answer), `graph_timeout`",
    "verb",
    "result",
)
SECONDS = histogram("callbot_graph_request_seconds", "how long a try took, by verb", "verb")
THROTTLED = counter("callbot_graph_throttled_total", "answers that asked to send less (429)")
WAITED = counter(
    "callbot_graph_throttle_wait_seconds_total",
    "seconds waited for that: `requests` before they were repeated, `reads` of calls that were put off",
    "waiting",
)
SIGN_INS = counter(
    "callbot_sign_ins_total",
    "fetches of access tokens by result: `ok`, `authentication_failed`, `unavailable`, `graph_timeout`",
    "result",
)

METRICS = (REQUESTS, SECONDS, THROTTLED, WAITED, SIGN_INS)

_OK = "ok"


def readings(bot: HostedBot) -> Iterator[Reading]:
    """Read what became of a bot's requests."""
    graph = bot.runtime.graph
    throttled = 0
    for (verb, error), times in list(graph.requests.results.items()):
        throttled += times if error is Throttled else 0
        yield REQUESTS.of(times, verb, _OK if error is None else _word(error.__name__))
    for verb, took in list(graph.requests.seconds.items()):
        yield SECONDS.of(took, verb)
    yield THROTTLED.of(throttled)
    yield WAITED.of(graph.requests.waited, "requests")
    yield WAITED.of(bot.runtime.caretaker.paused, "reads")
    for result, times in counted(graph.sign_ins, _OK, "AuthenticationFailed"):
        yield SIGN_INS.of(times, _word(result))


def _word(name: str) -> str:
    """Return the name of an error as a label has it: `CallNotFound` is `call_not_found`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
