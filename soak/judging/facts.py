"""What happened to each call, and what the service was told of it: the emulator's own log, boiled down."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

END = "terminated"
_NOT_FOUND = 404
_ONE_CALL = 4  # segments of /v1.0/communications/calls/{id}


@dataclass(frozen=True, slots=True)
class Step:
    """A transition in the emulator's own log. `at` is wall time in seconds."""

    at: float
    old: str | None
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A callback that named a state, from `sent` to `answered`.

    `accepted` is None when no answer came: the service may have kept it all the same. `with_result` is
    whether a `resultInfo` came with the state.
    """

    state: str
    sent: float
    answered: float
    accepted: bool | None
    with_result: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer from which the service could learn the state after `steps` transitions, not before `at`."""

    at: float
    steps: int


@dataclass(slots=True)
class CallFacts:
    """One call. `created` is when the answer to its create went out; None for one that was never answered."""

    id: str
    steps: list[Step] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    created: float | None = None

    @property
    def incoming(self) -> bool:
        """Whether somebody called the bot."""
        return bool(self.steps) and self.steps[0].new == "incoming"

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return bool(self.steps) and self.steps[-1].new == END


class GapError(Exception):
    """Entries of the log are missing: it forgets, and was not read in time."""


class PlatformFacts:
    """Takes in the log, entry by entry, and keeps what counts."""

    def __init__(self) -> None:
        self.calls: dict[str, CallFacts] = {}
        self.faults: Counter[str] = Counter()
        self.callbacks: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.last = 0

    @property
    def transitions(self) -> int:
        """How many transitions there were."""
        return sum(len(call.steps) for call in self.calls.values())

    def live(self) -> list[CallFacts]:
        """Return the calls that have not ended."""
        return [call for call in self.calls.values() if not call.over]

    def take(self, entries: Iterable[Mapping[str, object]]) -> list[CallFacts]:
        """Take in entries in their order, and return the calls that began in them. Raises `GapError`."""
        new = []
        for entry in entries:
            number = _whole(entry.get("seq"))
            if number != self.last + 1:
                raise GapError(f"the log goes from {self.last} to {number}")
            self.last = number
            match entry.get("kind"):
                case "transition":
                    if self._moved(entry):
                        new.append(self._call(entry.get("call")))
                case "callback":
                    self._callback(entry)
                case "request":
                    self._request(entry)
                case "fault":
                    self.faults[str(entry.get("fault"))] += 1
        return new

    def _call(self, name: object) -> CallFacts:
        call_id = str(name)
        return self.calls.setdefault(call_id, CallFacts(call_id))

    def _moved(self, entry: Mapping[str, object]) -> bool:
        call = self._call(entry.get("call"))
        old = entry.get("old")
        call.steps.append(
            Step(
                at=_number(entry.get("at")),
                old=None if old is None else str(old),
                new=str(entry.get("new")),
                why=str(entry.get("why")),
            )
        )
        return len(call.steps) == 1

    def _callback(self, entry: Mapping[str, object]) -> None:
        status = entry.get("status")
        accepted = None if status is None else 200 <= _whole(status) < 300  # noqa: PLR2004 - HTTP's classes
        self.callbacks["no answer" if status is None else str(status)] += 1
        sent = _number(entry.get("at"))
        notifications = entry.get("notifications")
        for item in notifications if isinstance(notifications, list) else []:
            call_id, state, with_result = _said(item)
            if call_id is not None and state is not None:
                told = Told(state, sent, sent + _number(entry.get("took")), accepted, with_result)
                self._call(call_id).told.append(told)

    def _request(self, entry: Mapping[str, object]) -> None:
        status = entry.get("status")
        self.requests["no answer" if status is None else str(status)] += 1
        name = entry.get("call")
        call = self.calls.get(str(name))
        if call is None:
            return
        at, method = _number(entry.get("at")), entry.get("method")
        segments = str(entry.get("path")).partition("?")[0].strip("/").split("/")
        if status == _NOT_FOUND:
            call.shown.append(Shown(at, len(call.steps)))
        elif status == 200 and method == "GET" and len(segments) == _ONE_CALL:  # noqa: PLR2004 - OK
            stale = "stale" in str(entry.get("fault"))
            call.shown.append(Shown(at, max(len(call.steps) - stale, 1)))
        elif status == 201 and entry.get("fault") is None:  # noqa: PLR2004 - created
            call.created = at


def _said(item: object) -> tuple[str | None, str | None, bool]:
    """Return the call a notification is about, the state it names, and whether with a result."""
    if not isinstance(item, Mapping):
        return None, None, False
    segments = str(item.get("resourceUrl")).strip("/").split("/")
    if len(segments) != 3:  # noqa: PLR2004 - communications, calls, the id: of the call itself
        return None, None, False
    data = item.get("resourceData")
    data = data if isinstance(data, Mapping) else {}
    state = END if item.get("changeType") == "deleted" else data.get("state")
    return segments[2], None if state is None else str(state), bool(data.get("resultInfo"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
