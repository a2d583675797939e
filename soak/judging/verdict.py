"""The verdict on one call: what was missed, doubled or not seen to end, and what could not be seen at all.

Pure: facts and diary go in, findings come out. `soak/README.md` has the definitions in words.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from soak.judging.facts import END, CallFacts, Step, Told
from soak.judging.handled import CallHandled, Ending, Handler

CREATED_WITHIN = 3.0
"""Seconds from the answer to a create until the new call is kept, at most."""

_TRANSFERS = frozenset({"transferring", "transferAccepted"})


class Fault(StrEnum):
    """What must not happen."""

    MISSED = "missed"
    DOUBLED = "doubled"
    UNSEEN = "end unseen"
    DISORDERED = "disordered"


class Excuse(StrEnum):
    """Why a state that came and went could not be seen."""

    LOST = "lost"  # no callback that named it was accepted
    OVERTAKEN = "overtaken"  # it was named only when something later was known
    RETURNED = "returned"  # to the state it was last seen in: what was between came and went unseen


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was wrong."""

    fault: Fault
    call: str
    what: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A state that came and went unseen, and why it could not be seen."""

    call: str
    state: str
    excuse: Excuse


@dataclass(slots=True)
class Verdict:
    """What is to be said of one call.

    `redelivered` counts handlers that ran again, by what had ended their process. `end_took` is the seconds
    from the end of the call until a handler was told.
    """

    findings: list[Finding] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    unannounced: bool = False
    handled: int = 0
    redelivered: Counter[str] = field(default_factory=Counter)
    end_took: float | None = None


def judge(facts: CallFacts, handled: CallHandled, endings: Mapping[int, Ending]) -> Verdict:
    """Judge one call. `endings` has how each process ended."""
    verdict = Verdict()
    kills = [ending.at for ending in endings.values() if not ending.orderly]
    if not handled.handlers and never_announced(facts, kills):
        verdict.unannounced = True
        return verdict
    accuse = _Accuser(facts.id, verdict)
    for number in handled.gaps:
        accuse(Fault.MISSED, f"transition {number} was never told")
    for handler in handled.in_order:
        _judge_runs(handler, verdict, accuse, endings)
    for words in handled.disorder():
        accuse(Fault.DISORDERED, words)
    matches = match(facts.steps, handled.in_order)
    for handler, position in matches:
        if position is None:
            first = handler.first
            accuse(Fault.DOUBLED, f"{first.old} -> {first.new} (by {first.source}) did not happen then")
    seen = {position: handler.first.seen for handler, position in matches if position is not None}
    _judge_unmatched(facts, seen, verdict, accuse)
    _time_end(facts, matches, verdict)
    return verdict


class _Accuser:
    def __init__(self, call: str, verdict: Verdict) -> None:
        self._call = call
        self._findings = verdict.findings

    def __call__(self, fault: Fault, what: str) -> None:
        self._findings.append(Finding(fault, self._call, what))


def _judge_runs(handler: Handler, verdict: Verdict, accuse: _Accuser, endings: Mapping[int, Ending]) -> None:
    verdict.handled += handler.finished
    before = [endings[run.begin.pid] for run in handler.runs[:-1] if run.begin.pid in endings]
    verdict.redelivered.update(ending.kind for ending in before)
    for words in handler.faults(endings):
        accuse(Fault.DOUBLED, f"handler {handler.first.seq}: {words}")
    if not handler.finished:
        accuse(Fault.MISSED, f"handler {handler.first.seq} never came to its end")


def _judge_unmatched(facts: CallFacts, seen: Mapping[int, float], verdict: Verdict, accuse: _Accuser) -> None:
    """Say of each transition nobody handled whether it could be known."""
    last: str | None = None
    for position, step in enumerate(facts.steps):
        if position in seen:
            last = step.new
            continue
        if step.new == last:
            verdict.merged.append(Merged(facts.id, step.new, Excuse.RETURNED))
            continue
        if step.new == END:
            accuse(Fault.UNSEEN, f"it ended ({step.why})")
            continue
        excuse = excuse_for(facts, position, seen)
        if excuse is None:
            accuse(Fault.MISSED, f"{step.old} -> {step.new} was told in time")
        else:
            verdict.merged.append(Merged(facts.id, step.new, excuse))


def _time_end(facts: CallFacts, matches: Sequence[tuple[Handler, int | None]], verdict: Verdict) -> None:
    for handler, position in matches:
        if position is not None and facts.steps[position].new == END:
            verdict.end_took = handler.first.at - facts.steps[position].at


def match(steps: Sequence[Step], handlers: Sequence[Handler]) -> list[tuple[Handler, int | None]]:
    """Find for each handler the transition it was about: in order, and none before it happened.

    Of several that could be meant, it is the latest. None stands for a transition that did not happen.
    """
    found: list[tuple[Handler, int | None]] = []
    bound = len(steps)
    for handler in reversed(handlers):
        told = handler.first
        position = next(
            (
                index
                for index in range(bound - 1, -1, -1)
                if steps[index].new == told.new and steps[index].at <= told.seen
            ),
            None,
        )
        bound = bound if position is None else position
        found.append((handler, position))
    return found[::-1]


def excuse_for(facts: CallFacts, position: int, seen: Mapping[int, float]) -> Excuse | None:
    """Say why the transition at `position` could not be seen; None when it could.

    It could when a callback that named its state was accepted before anything later could be known. `seen`
    says when the others were observed.
    """
    known_from = seen.get(position - 1, float("inf"))
    naming = [
        told for told in facts.told if told.accepted and _names(facts.steps, position, told, known_from)
    ]
    if not naming:
        return Excuse.LOST
    later = _known_later(facts, position)
    return None if any(told.answered < later for told in naming) else Excuse.OVERTAKEN


def _names(steps: Sequence[Step], position: int, told: Told, known_from: float) -> bool:
    """Whether a callback says that this transition happened, to somebody who has seen all before it.

    A state the call has been in before proves nothing: an old callback could say the same. Only a transfer
    that failed is told by its result, once the transfer itself is known, which is from `known_from` on.
    """
    step, before = steps[position], steps[:position]
    if told.state != step.new or told.sent < step.at:
        return False
    if step.new not in {one.new for one in before}:
        return True
    came_back_before = any(one.old in _TRANSFERS and one.new == step.new for one in before)
    is_failure = step.old in _TRANSFERS and told.with_result
    return is_failure and told.sent >= known_from and not came_back_before


def _known_later(facts: CallFacts, position: int) -> float:
    """The earliest moment at which the service may have known of something after `position`."""
    moments = [shown.at for shown in facts.shown if shown.steps > position + 1]
    for index in range(position + 1, len(facts.steps)):
        step = facts.steps[index]
        moments += [
            told.sent
            for told in facts.told
            if told.accepted is not False and told.state == step.new and told.sent >= step.at
        ]
    return min(moments, default=float("inf"))


def never_announced(facts: CallFacts, kills: Sequence[float]) -> bool:
    """Whether nothing the service has answered for told of the call.

    Of a call the bot has placed the answer to its create tells, unless a kill came before it could be kept.
    """
    if any(told.accepted for told in facts.told):
        return False
    if facts.created is None:
        return True
    return any(0 <= kill - facts.created <= CREATED_WITHIN for kill in kills)
