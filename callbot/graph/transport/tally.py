"""Counts what became of the requests to Graph, each try by itself."""

from collections import Counter

from callbot.durations import Durations
from callbot.errors import GraphError, Throttled

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds of the durations: Graph answers within a few hundred milliseconds, or runs into the deadline."""


class RequestTally:
    """How many requests there were by verb and result, and how long each verb's took.

    A result is `ok`, or the error the answer stands for. `waited` is in seconds: between tries, because
    Graph asked to.
    """

    def __init__(self) -> None:
        self.results: Counter[tuple[str, type[GraphError] | None]] = Counter()
        self.seconds: dict[str, Durations] = {}
        self.waited = 0.0

    def answered(self, verb: str, error: GraphError | None) -> None:
        """Count a try by what it came to."""
        self.results[verb, None if error is None else type(error)] += 1

    def took(self, verb: str, seconds: float) -> None:
        """Count how long a try took, from the request to the end of its answer."""
        durations = self.seconds.get(verb)
        if durations is None:
            durations = self.seconds[verb] = Durations(SECONDS)
        durations.observe(seconds)

    def waits(self, error: GraphError, seconds: float) -> None:
        """Count a wait before the next try."""
        if isinstance(error, Throttled):
            self.waited += seconds
