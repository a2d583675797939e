"""Calls as an emulator logs them and handlers as a bot writes them down, in a few words each."""

from itertools import count

from soak.diary import Begin, End, Line
from soak.judging.facts import CallFacts, Shown, Step, Told
from soak.judging.handled import CallHandled, Ending, by_call

CALL = "0c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a01"
FIRST, SECOND = 101, 102  # processes
KILLED = {FIRST: Ending(FIRST, 100.0, 100.0)}
STOPPED = {FIRST: Ending(FIRST, 100.0, 100.0, orderly=True)}
CUT_OFF = "CancelledError"


def facts(*states: str, call: str = CALL) -> CallFacts:
    """A call that went through `states`, one every ten seconds from 10 on."""
    olds = [None, *states]
    steps = [
        Step(10.0 * number, old, new, "somehow")
        for number, old, new in zip(count(1), olds, states, strict=False)
    ]
    return CallFacts(call, steps)


def told(state: str, at: float, *, accepted: bool | None = True, with_result: bool = False) -> Told:
    """A callback that took a second to be answered."""
    return Told(state, at, at + 1.0, accepted, with_result)


def shown(steps: int, at: float) -> Shown:
    return Shown(at, steps)


def begin(
    seq: int, new: str, at: float, *, old: str | None = None, pid: int = FIRST, again: bool = False
) -> Begin:
    """A handler that begins as soon as the transition was observed."""
    return Begin(CALL, seq, old, new, "notification", False, again, at, pid, at, at)


def end(seq: int, at: float, *, pid: int = FIRST, outcome: str | None = None, over: bool = False) -> End:
    return End(CALL, seq, outcome, over, pid, at, at)


def handled(*lines: Line) -> CallHandled:
    return by_call(lines).get(CALL, CallHandled())


def each_once(*transitions: tuple[str, float]) -> CallHandled:
    """Every transition handled at its time, as it should be."""
    lines: list[Line] = []
    old: str | None = None
    for seq, (new, at) in enumerate(transitions, start=1):
        lines += [begin(seq, new, at, old=old), end(seq, at + 0.5)]
        old = new
    return handled(*lines)
