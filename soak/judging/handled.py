"""What the bot handled: the runs of each handler, and whether each ran as often as it should.

A handler runs once. It runs again only when its process was killed before its end was kept, in a later
process, and is told so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from soak.diary import Begin, End, Line

KEPT_WITHIN = 3.0
"""Seconds from the end of a handler until the store has kept it, at most, on a machine that is busy."""


@dataclass(slots=True)
class Run:
    """One run of a handler; `end` is None for one that was cut off."""

    begin: Begin
    end: End | None = None


@dataclass(slots=True)
class Handler:
    """The handler of one transition, and all its runs in their order."""

    runs: list[Run] = field(default_factory=list)

    @property
    def first(self) -> Begin:
        """What it was told when it ran first."""
        return self.runs[0].begin

    @property
    def finished(self) -> bool:
        """Whether it ever came to its end."""
        return any(run.end is not None for run in self.runs)

    @property
    def reruns(self) -> int:
        """How often it ran again."""
        return len(self.runs) - 1

    def faults(self, killed: Mapping[int, float]) -> list[str]:
        """Say what is wrong with its runs; `killed` has the moment at which each process was killed."""
        found = []
        for run, again in pairwise(self.runs):
            before = killed.get(run.begin.pid)
            if again.begin.pid == run.begin.pid or before is None:
                found.append("it ran twice in one process")
            elif not again.begin.redelivered:
                found.append("it ran again and was not told so")
            elif run.end is not None and before - run.end.moment > KEPT_WITHIN:
                found.append(f"it ran again, {before - run.end.moment:.1f} s after it had ended")
        return found


@dataclass(slots=True)
class CallHandled:
    """The handlers of one call, by the sequence number of their transition."""

    handlers: dict[int, Handler] = field(default_factory=dict)

    @property
    def in_order(self) -> list[Handler]:
        """The handlers in the order of the transitions."""
        return [handler for _, handler in sorted(self.handlers.items())]

    @property
    def gaps(self) -> list[int]:
        """The numbers no handler was told of, although it was told of later ones."""
        return [number for number in range(1, max(self.handlers, default=0)) if number not in self.handlers]

    def disorder(self) -> list[str]:
        """Say where handlers did not run one after the other, in order."""
        runs = [run for handler in self.handlers.values() for run in handler.runs]
        runs.sort(key=lambda run: run.begin.moment)
        return [
            f"handler {later.begin.seq} began before {earlier.begin.seq} had ended"
            for earlier, later in pairwise(runs)
            if earlier.begin.pid == later.begin.pid
            and (earlier.end is None or earlier.end.moment > later.begin.moment)
        ] + [
            f"handler {later.first.seq} was told {later.first.old}, not {earlier.first.new}"
            for earlier, later in pairwise(self.in_order)
            if later.first.seq == earlier.first.seq + 1 and later.first.old != earlier.first.new
        ]


def by_call(lines: Iterable[Line]) -> dict[str, CallHandled]:
    """Put the lines of a diary in order: by call, by handler, by run."""
    calls: dict[str, CallHandled] = {}
    for line in lines:
        call = calls.setdefault(line.call, CallHandled())
        match line:
            case Begin():
                call.handlers.setdefault(line.seq, Handler()).runs.append(Run(line))
            case End():
                _ended(call.handlers[line.seq].runs, line)
    return calls


def _ended(runs: Sequence[Run], end: End) -> None:
    for run in reversed(runs):
        if run.begin.pid == end.pid and run.end is None:
            run.end = end
            return
