"""Whether a run was right: what the emulator did against what the handlers were told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from callbot.bot import Handled
from callbot.state import Transition

Step = tuple[str | None, str]
"""A change of state, as both sides write it: the old state (None for a new call) and the new one."""

END = "terminated"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The count of a run. Every number after `handled` must be 0, and `left_running` empty."""

    calls: int
    transitions: int
    handled: int
    missing: int = 0
    doubled: int = 0
    unexpected: int = 0
    disordered: int = 0
    seq_gaps: int = 0
    failed_handlers: int = 0
    ends_unseen: int = 0
    left_running: tuple[str, ...] = ()
    complaints: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether every transition reached its handler exactly once and nothing is left."""
        return not self.complaints

    def as_json(self) -> dict[str, object]:
        """Return it as the summary of `--json`."""
        return {"ok": self.ok, **asdict(self)}


def judge(
    done: Mapping[str, Sequence[Step]],
    handled: Sequence[Handled],
    *,
    left_running: Sequence[str] = (),
    mishaps: Sequence[str] = (),
) -> Verdict:
    """Compare what was `done` to each call with what was `handled`, in the order of handling.

    `left_running` names what should have ended and has not, `mishaps` what else did not go as it should.
    """
    heard = _by_call(done, handled)
    faults = [fault for call in heard for fault in _faults(call, done.get(call, ()), heard[call])]
    faults += [
        ("failed_handlers", f"call {one.change.call_id}: {one.handler} raised {type(one.error).__name__}")
        for one in handled
        if one.error is not None
    ]
    counts = Counter(kind for kind, _ in faults)
    complaints = [*mishaps, *(words for _, words in faults)]
    complaints += [f"still running: {what}" for what in left_running]
    if not done:
        complaints.append("no call was made at all")
    return Verdict(
        calls=len(done),
        transitions=sum(len(steps) for steps in done.values()),
        handled=sum(len(transitions) for transitions in heard.values()),
        left_running=tuple(left_running),
        complaints=tuple(complaints),
        **counts,
    )


def _by_call(calls: Iterable[str], handled: Iterable[Handled]) -> dict[str, list[Transition]]:
    """The transitions that reached a handler, by call and in the order of handling."""
    heard: dict[str, list[Transition]] = {call: [] for call in calls}
    for one in handled:
        if isinstance(one.change, Transition) and one.handler is not None:
            heard.setdefault(one.change.call_id, []).append(one.change)
    return heard


def _faults(call: str, done: Sequence[Step], transitions: Sequence[Transition]) -> list[tuple[str, str]]:
    """What is wrong with one call: the kind of fault and its words."""
    heard: list[Step] = [(one.old, one.new) for one in transitions]
    missing, surplus = Counter(done) - Counter(heard), Counter(heard) - Counter(done)
    faults = [("missing", f"{words(step)} reached no handler") for step in missing.elements()]
    for step in surplus.elements():
        kind, what = ("doubled", "was handled again") if step in done else ("unexpected", "never happened")
        faults.append((kind, f"{words(step)} {what}"))
    if not missing and not surplus and heard != list(done):
        faults.append(("disordered", "its transitions were handled out of order"))
    numbers = sorted({one.seq for one in transitions})
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append(("seq_gaps", f"its sequence numbers have gaps: {numbers}"))
    if END not in [one.new for one in transitions]:
        faults.append(("ends_unseen", "its end was not seen"))
    return [(kind, f"call {call}: {what}") for kind, what in faults]


def words(step: Step) -> str:
    """Return a change of state as it is shown."""
    old, new = step
    return f"{old or '-'} -> {new}"
