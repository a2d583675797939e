"""Metrics of calls: how many there are, what was seen of them, and what had to be read again."""

from collections import Counter
from collections.abc import Iterator, Mapping

from callbot.hosted import HostedBot
from callbot.metrics.metric import Reading, counter, gauge
from callbot.model import CallState
from callbot.state import (
    Created,
    Doubted,
    Gone,
    KeptAlive,
    Notified,
    Observation,
    OperationRead,
    Read,
    RosterRead,
    SetBack,
    Source,
    TransferBegun,
    Verdict,
)

LIVE = gauge(
    "callbot_calls", "live calls by state; `other` for a state callbot does not know, or none yet", "state"
)
TOMBSTONES = gauge("callbot_tombstones", "ended calls that are remembered for a while")
TRANSITIONS = counter(
    "callbot_transitions_total",
    "transitions by the new state and how it became known: `created`, `notification`, `read`, `gone`",
    "state",
    "source",
)
INFERRED = counter(
    "callbot_ends_inferred_total", "ends that no callback told of: the call was not found any more"
)
OBSERVATIONS = counter(
    "callbot_observations_total",
    "observations by kind (`notification`, `read`, `keep-alive`...) and result: `applied`, `repeated` (it "
    "said what was known, a duplicate perhaps), `stale`, `unsure`, `late`, `foreign`, `unknown`",
    "kind",
    "result",
)
READS = counter(
    "callbot_reads_total",
    "reads of calls by what made them necessary: `quiet call`, `stale notification`, `still establishing`, "
    "`unknown call`, `start-up`, `callbacks stopped`...",
    "trigger",
)

METRICS = (LIVE, TOMBSTONES, TRANSITIONS, INFERRED, OBSERVATIONS, READS)

_OTHER = "other"
_KINDS: dict[type[Observation], str] = {
    Notified: "notification",
    Created: "created",
    Read: "read",
    OperationRead: "operation read",
    RosterRead: "roster read",
    Gone: "gone",
    KeptAlive: "keep-alive",
    TransferBegun: "transfer begun",
    Doubted: "doubt",
    SetBack: "clock set back",
}
_STILL = "still "


def readings(bot: HostedBot) -> Iterator[Reading]:
    """Read what is known of the calls of a bot."""
    registry = bot.runtime.registry
    live, tombstones = _live(registry.states)
    for state, calls in live.items():
        yield LIVE.of(calls, state)
    yield TOMBSTONES.of(tombstones)
    transitions = Counter({(state, Source.NOTIFICATION.value): 0 for state in _states()})
    for (new, source), times in list(registry.transitions.items()):
        transitions[_name(new), source.value] += times
    for labels, times in transitions.items():
        yield TRANSITIONS.of(times, *labels)
    yield INFERRED.of(registry.inferred)
    seen = Counter({("notification", verdict.value): 0 for verdict in Verdict})
    for (kind, verdict), times in list(registry.verdicts.items()):
        seen[_KINDS[kind], verdict.value] += times
    for labels, times in seen.items():
        yield OBSERVATIONS.of(times, *labels)
    reads: Counter[str] = Counter()
    for trigger, times in list(bot.runtime.caretaker.reads.items()):
        reads[_bounded(trigger)] += times
    for trigger, times in reads.items():
        yield READS.of(times, trigger)


def _live(states: Mapping[CallState | None, int]) -> tuple[Counter[str], int]:
    """Return the live calls by state, and the number of tombstones."""
    live = Counter({state: 0 for state in _states() if state != CallState.TERMINATED})
    for state, calls in states.items():
        if state is not CallState.TERMINATED:
            live[_name(state)] += calls
    return live, states.get(CallState.TERMINATED, 0)


def _states() -> list[str]:
    return [state.value for state in CallState if state is not CallState.UNKNOWN_FUTURE_VALUE]


def _name(state: CallState | None) -> str:
    """The state as a label; one that the platform has made up since is no value of a bounded set."""
    return state.value if state is not None and state.value in _states() else _OTHER


def _bounded(trigger: str) -> str:
    """The trigger as a label: `still established` names a state, which may be one that is not known."""
    if not trigger.startswith(_STILL):
        return trigger
    return _STILL + _name(CallState(trigger.removeprefix(_STILL)))
