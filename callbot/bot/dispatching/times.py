"""How long changes wait for their handlers, and how long those take: what operators watch."""

from collections.abc import Iterator

from callbot.bot.hooks import OF_ANY_STATE, OF_CHANGE, OF_STATE
from callbot.durations import Durations
from callbot.model import CallState
from callbot.state import Change, Transition

LAG = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Bounds in seconds: a change is handled within milliseconds, unless handlers of its call are slow."""

TOOK = (0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Bounds in seconds: a handler computes for milliseconds, or waits for people."""

_Kind = CallState | type[Change] | str  # what a hook is for, or its name


class HookTimes:
    """How long hooks took.

    Of handlers there is `lag`, too: from when a change was observed to when its handler began. Of what a
    callback told, that is from when the callback came. `slow` counts handlers past their time limit.
    """

    def __init__(self) -> None:
        self.lag = Durations(LAG)
        self.slow = 0
        self._took: dict[tuple[_Kind, bool], Durations] = {}

    def handled(self, change: Change, seconds: float, *, failed: bool) -> None:
        """Count a handler that has finished, under the hook that `change` is for."""
        self.ended(change.new if type(change) is Transition else type(change), seconds, failed=failed)

    def ended(self, kind: _Kind, seconds: float, *, failed: bool) -> None:
        """Count the hook for `kind`, or of this name, that has finished."""
        took = self._took.get((kind, failed))
        if took is None:
            took = self._took[kind, failed] = Durations(TOOK)
        took.observe(seconds)

    def took(self) -> Iterator[tuple[str, bool, Durations]]:
        """How long hooks took, by their names and whether they failed."""
        for (kind, failed), took in list(self._took.items()):
            yield _hook_of(kind), failed, took


def _hook_of(kind: _Kind) -> str:
    if isinstance(kind, CallState):
        return OF_STATE.get(kind, OF_ANY_STATE)
    return kind if isinstance(kind, str) else OF_CHANGE[kind]
