"""What the bot handled: the runs of each handler, and whether each ran as often as it should.

A handler runs once. It runs again only in a later process, and is told so: when its process was killed before
its end was kept, or when a process that was asked to stop has cut it off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from soak.diary import Begin, End, Line

KEPT_WITHIN = 3.0
"""Seconds from the end of a handler until the store has kept it, at most, on a machine that is busy."""

_CANCELLED = "CancelledError"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process of the service ended: at once by a kill, or by itself, when it was asked to stop.

    `at` and `moment` are when the signal was sent, on both clocks.
    """

    pid: int
    at: float
    moment: float
    orderly: bool = False

    @property
    def kind(self) -> str:
        """How the result names it."""
        return "stop" if self.orderly else "kill"


@dataclass(slots=True)
class Run:
    """One run of a handler; `end` is None for one that a kill has cut off."""

    begin: Begin
    end: End | None = None

    @property
    def complete(self) -> bool:
        """Whether it came to its end: by itself, or because its call was over."""
        return self.end is not None and (self.end.outcome != _CANCELLED or self.end.over)

    def needless(self, ending: Ending) -> str | None:
        """Say why it should not have run again, in the process after the one that ended so."""
        if ending.orderly:
            return None if self._cut_off_after(ending.moment) else "although the stop had not cut it off"
        late = 0.0 if self.end is None else ending.moment - self.end.moment
        return f"{late:.1f} s after it had ended" if late > KEPT_WITHIN else None

    def _cut_off_after(self, moment: float) -> bool:
        return self.end is not None and self.end.outcome == _CANCELLED and self.end.moment >= moment


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
        return any(run.complete for run in self.runs)

    def faults(self, endings: Mapping[int, Ending]) -> list[str]:
        """Say what is wrong with its runs; `endings` has how each process ended."""
        found = []
        for run, again in pairwise(self.runs):
            ending = endings.get(run.begin.pid)
            if again.begin.pid == run.begin.pid or ending is None:
                found.append("it ran twice in one process")
            elif not again.begin.redelivered:
                found.append("it ran again and was not told so")
            elif words := run.needless(ending):
                found.append(f"it ran again, {words}")
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
            if _overlap(earlier, later)
        ] + [
            f"handler {later.first.seq} was told {later.first.old}, not {earlier.first.new}"
            for earlier, later in pairwise(self.in_order)
            if later.first.seq == earlier.first.seq + 1 and later.first.old != earlier.first.new
        ]


def _overlap(earlier: Run, later: Run) -> bool:
    """Whether two runs went on at once: in one process, or in two of which one had to wait for the other."""
    if earlier.end is None:  # a kill has cut it off, if another process began the later one
        return earlier.begin.pid == later.begin.pid
    return earlier.end.moment > later.begin.moment


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
