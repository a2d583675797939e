"""The result of a soak as one JSON document, and whether it is good enough."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from soak.diary import Line
from soak.judging.facts import PlatformFacts
from soak.judging.handled import CallHandled, Ending, by_call
from soak.judging.memory import Memory
from soak.judging.verdict import Excuse, Fault, Finding, Merged, Verdict, judge

NOT_KEPT_ALIVE = "no keep-alive"


@dataclass(slots=True)
class Report:
    """All verdicts together."""

    findings: list[Finding] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    unannounced: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    handled: int = 0
    redelivered: Counter[str] = field(default_factory=Counter)
    ends: list[float] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def count(self, fault: Fault) -> int:
        """How often something happened that must not."""
        return sum(finding.fault is fault for finding in self.findings)

    def add(self, call: str, verdict: Verdict) -> None:
        """Take in the verdict on one call."""
        self.findings += verdict.findings
        self.merged += verdict.merged
        self.handled += verdict.handled
        self.redelivered += verdict.redelivered
        if verdict.unannounced:
            self.unannounced.append(call)
        if verdict.end_took is not None:
            self.ends.append(verdict.end_took)


def judge_all(facts: PlatformFacts, diary: Iterable[Line], endings: Sequence[Ending]) -> Report:
    """Judge every call of the emulator, and every call in the diary that it does not know."""
    handled = by_call(diary)
    by_process = {ending.pid: ending for ending in endings}
    report = Report()
    for call in facts.calls.values():
        verdict = judge(call, handled.get(call.id, CallHandled()), by_process)
        report.add(call.id, verdict)
        if call.over and call.steps[-1].why == NOT_KEPT_ALIVE and not verdict.unannounced:
            report.dropped.append(call.id)
    report.unknown = sorted(handled.keys() - facts.calls.keys())
    report.findings += [Finding(Fault.DOUBLED, call, "there is no such call") for call in report.unknown]
    return report


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which `share` of all values lie; None when there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def summary(facts: PlatformFacts, report: Report, leaks: Sequence[str]) -> dict[str, object]:
    """Return what the last line of a soak says of the calls."""
    incoming = sum(call.incoming for call in facts.calls.values())
    took = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {
        "calls": len(facts.calls),
        "incoming": incoming,
        "outgoing": len(facts.calls) - incoming,
        "ends": dict(Counter(call.steps[-1].why for call in facts.calls.values() if call.over).most_common()),
        "still_live": len(facts.live()),
        "transitions": facts.transitions,
        "handled": report.handled,
        "missed": report.count(Fault.MISSED),
        "doubled": report.count(Fault.DOUBLED),
        "ends_unseen": report.count(Fault.UNSEEN),
        "disordered": report.count(Fault.DISORDERED),
        "leaked": len(leaks),
        "not_kept_alive": len(report.dropped),
        "seconds_from_end_to_seen": {
            name: _rounded(percentile(report.ends, at)) for name, at in took.items()
        },
        "redelivered": {how: report.redelivered[how] for how in ("kill", "stop")},
        "merged": {excuse: sum(one.excuse is excuse for one in report.merged) for excuse in Excuse},
        "merged_states": dict(Counter(one.state for one in report.merged).most_common()),
        "unannounced": len(report.unannounced),
        "callbacks": dict(facts.callbacks.most_common()),
        "requests": dict(facts.requests.most_common()),
        "faults": dict(facts.faults.most_common()),
    }


def write(
    path: Path,
    facts: PlatformFacts,
    report: Report,
    leaks: Sequence[str],
    memory: Sequence[Memory],
    errors: Sequence[str],
) -> None:
    """Write the lists behind the numbers, with the facts of every call that something was found about."""
    named = {finding.call for finding in report.findings} | set(report.dropped)
    lists: dict[str, object] = {
        "findings": [asdict(finding) for finding in report.findings],
        "leaks": list(leaks),
        "errors": list(errors),
        "not_kept_alive": report.dropped,
        "unannounced": [_story(facts, call) for call in report.unannounced],
        "merged": [asdict(one) for one in report.merged],
        "memory": [(one.pid, one.age, one.mib) for one in memory],
        "facts": {call: asdict(facts.calls[call]) for call in sorted(named) if call in facts.calls},
    }
    path.write_text(json.dumps(lists, indent=1), encoding="utf-8")


def is_good(result: Mapping[str, object]) -> bool:
    """Whether nothing was wrong."""
    must_be_none = (
        "missed",
        "doubled",
        "ends_unseen",
        "disordered",
        "leaked",
        "not_kept_alive",
        "still_live",
        "errors",
        "bad_exits",
    )
    return all(result[name] == 0 for name in must_be_none)


def _story(facts: PlatformFacts, call: str) -> dict[str, object]:
    return {"call": call, "states": [step.new for step in facts.calls[call].steps]}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
