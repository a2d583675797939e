"""One line of a timeline: what was seen of a call, what changed, what the bot did."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from callbot.bot import Handled
from callbot.graph import Sent
from callbot.model import PathKind, ResultInfo
from callbot.state import (
    Change,
    ContentSharingChange,
    Created,
    Doubted,
    Gone,
    KeptAlive,
    MediaChange,
    Notified,
    Observation,
    OperationFinished,
    OperationRead,
    ParticipantLeft,
    Read,
    RecordingChange,
    RosterChange,
    RosterRead,
    Tone,
    TranscriptionChange,
    Transition,
    Verdict,
)

_WORD = re.compile(r"[A-Za-z]{1,40}").fullmatch

_SILENT = frozenset({"get_call", "list_participants", "keep_alive"})
"""Verbs of callbot's own: what they bring is an observation already."""


class Entry(NamedTuple):
    """What happened at `at`, wall time in seconds.

    `kind` says of what sort it is, `what` tells it, `result` what became of it, `seconds` how long it took.
    The same thing again and again is one entry: `times` often, the last time at `last_at`. Nothing in it is
    about people: no name, no number, no id, no key that somebody pressed.
    """

    at: float
    kind: str
    what: str
    result: str = ""
    seconds: float | None = None
    times: int = 1
    last_at: float | None = None

    def is_like(self, other: "Entry") -> bool:
        """Whether it says the same as another, at another time."""
        return self[1:5] == other[1:5]

    def again(self, at: float) -> "Entry":
        """Return the same, having happened once more."""
        return self._replace(times=self.times + 1, last_at=max(at, self.last_at or at))


def of_observation(  # noqa: C901, PLR0911 - one line for each observation there is
    observation: Observation, verdict: Verdict
) -> Entry | None:
    """Return the entry of an observation, None where it is no sighting."""
    at, result = observation.at, verdict.value
    match observation:
        case Notified():
            return Entry(at, "notification", _once(_notified(observation)), result)
        case Created():
            return Entry(at, "created", _state_in(observation.resource) or "call", result)
        case Read():
            return Entry(at, "read", _state_in(observation.resource) or "call", result)
        case RosterRead():
            return Entry(at, "read", "roster", result)
        case OperationRead():
            return Entry(at, "read", "operation", result)
        case Gone():
            return Entry(at, "gone", "Graph does not know the call any more", result)
        case KeptAlive():
            return Entry(at, "keep-alive", "sent", result)
        case Doubted():
            return Entry(at, "doubt", _once(observation.reason))
        case _:
            return None


def of_change(change: Change) -> Entry:
    """Return the entry of a change."""
    kind, what, result = _change(change)
    return Entry(change.at, kind, _once(what), result)


def words_of_change(change: Change) -> str:
    """Return a change in words that may be shown: a tone without its key."""
    kind, what, _ = _change(change)
    return what if kind == "transition" else f"{kind}: {what}"


def of_handler(at: float, change: Change, handler: str) -> Entry:
    """Return the entry of a handler that begins."""
    return Entry(at, "handler", _once(f"{_plain(handler)} began"), _once(f"for {_change(change)[1]}"))


def of_handled(at: float, handled: Handled) -> Entry:
    """Return the entry of a handler that has finished; of an error only its type: its text may be private."""
    result = "done" if handled.error is None else f"raised {type(handled.error).__name__}"
    name = _plain(handled.handler or "no handler")
    return Entry(at, "handler", _once(f"{name} ended"), result, round(handled.seconds, 3))


def of_sent(at: float, sent: Sent) -> Entry | None:
    """Return the entry of a verb, None for a read or a keep-alive that had success."""
    error = sent.error
    if error is None and sent.verb.name in _SILENT:
        return None
    result = "ok"
    if error is not None:
        facts = (type(error).__name__, str(error.status or ""), error.code or "")
        result = " ".join(fact for fact in facts if fact)
    return Entry(at, "verb", sent.verb.name, result, round(sent.seconds, 3))


def _notified(one: Notified) -> str:
    kind = one.path.kind
    about = "something unknown" if kind is PathKind.UNKNOWN else kind.value
    if isinstance(one.data, Mapping):
        if one.data.get("toneInfo") is not None:
            return f"{about}: tone"
        if kind is PathKind.OPERATION and (status := _word(one.data.get("status"))):
            return f"{about}: {status}"
        if kind is PathKind.CALL:
            media = one.data.get("mediaState")
            audio = _word(media.get("audio")) if isinstance(media, Mapping) else ""
            told = (_state_in(one.data), f"audio {audio}" if audio else "")
            if any(told):
                return f"{about}: {', '.join(filter(None, told))}"
    return f"{about}: {_name(one.change_type)}"


def _change(change: Change) -> tuple[str, str, str]:  # noqa: C901, PLR0911 - one line for each change there is
    match change:
        case Transition():
            how = " ".join((*_result(change.result), "inferred" if change.inferred else "")).strip()
            what = f"{'first seen' if change.old is None else _name(change.old)} -> {_name(change.new)}"
            return "transition", what, f"{change.source}{', ' + how if how else ''}"
        case MediaChange():
            return "media", f"audio {_name(change.audio)}", ""
        case Tone():
            return "tone", "somebody pressed a key", ""
        case RosterChange():
            counts = f"{len(change.joined)} joined, {len(change.left)} left, {len(change.changed)} changed"
            return "roster", counts, ""
        case OperationFinished():
            operation = change.operation
            result = () if operation.result_info is None else _result(operation.result_info)
            return "operation", f"{operation.graph_type} {_name(operation.status)}", " ".join(result)
        case ContentSharingChange():
            return "sharing", "started" if change.started else "stopped", ""
        case TranscriptionChange():
            return "transcription", _name(change.state), ""
        case RecordingChange():
            return "recording", _name(change.status), ""
        case ParticipantLeft():
            return "roster", "somebody recorded has left", ""


def _result(result: ResultInfo) -> tuple[str, ...]:
    """The numbers of a result; its message may hold a telephone number."""
    numbers = [str(number) for number in (result.code, result.subcode) if number is not None]
    return (f"code {'/'.join(numbers)}",) if numbers else ()


def _state_in(document: Mapping[str, object]) -> str:
    return _word(document.get("state"))


def _word(value: object) -> str:
    """Return a word of the wire, nothing for what is none: whatever else stands there is not shown."""
    return value if isinstance(value, str) and _WORD(value) else ""


def _name(member: object) -> str:
    """Return a member of an enumeration that may be one nobody knows yet."""
    return _word(str(member)) or "something unknown"


@lru_cache(maxsize=1_024)
def _once(text: str) -> str:
    """Return the same text for all entries that say it: most say what many others do."""
    return text


def _plain(handler: str) -> str:
    return handler.rpartition("<locals>.")[2]
