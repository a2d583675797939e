"""The roster: who is in the call, and what changed since the last one.

By default every roster notification lists everybody, so who left is known only by comparing. With delta
rosters enabled it lists who changed, and marks who left.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from callbot.model import Participant, RecordingStatus, call_key
from callbot.state.changes import Change, RecordingChange, RosterChange
from callbot.state.keeping import packed
from callbot.state.observation import Document

Roster = Mapping[str, Document]

_SEQUENCE = "rosterSequenceNumber"


class Rostered(NamedTuple):
    """The new roster, and what handlers are told of it."""

    roster: Roster
    changes: tuple[Change, ...]


def fold_roster(call_id: str, roster: Roster, data: object, at: float) -> Rostered | None:
    """Fold the data of a roster notification into `roster`; None when it is not a roster at all."""
    if isinstance(data, Mapping):
        listed = data.get("participants")
        if not isinstance(listed, Sequence) or isinstance(listed, str):
            return None
        new = {**roster, **_by_key(listed)}
        return _compare(call_id, roster, {key: one for key, one in new.items() if not _removed(one)}, at)
    if isinstance(data, Sequence) and not isinstance(data, str):
        return _compare(call_id, roster, _by_key(data), at)
    return None


def _by_key(listed: Iterable[object]) -> dict[str, Document]:
    """Participants by key. One without any id cannot be told from others and is left out."""
    documents = [packed(one) for one in listed if isinstance(one, Mapping)]
    return {key: one for one in documents if (key := _participant_key(one))}


def _participant_key(participant: Document) -> str:
    identifier = participant.get("id")
    return call_key(identifier) if isinstance(identifier, str) else ""


def _removed(participant: Document) -> bool:
    return participant.get("removedState") is not None


def _compare(call_id: str, old: Roster, new: dict[str, Document], at: float) -> Rostered:
    joined = tuple(_typed(new[key]) for key in new if key not in old)
    left = tuple(_typed(old[key]) for key in old if key not in new)
    altered = [key for key in new if key in old and _differs(old[key], new[key])]
    changed = tuple(_typed(new[key]) for key in altered)
    changes: list[Change] = []
    if joined or left or changed:
        changes.append(RosterChange(call_id, joined, left, changed, at))
    changes.extend(_recordings(call_id, old, [*joined, *changed], at))
    return Rostered(new, tuple(changes))


def _differs(old: Document, new: Document) -> bool:
    """Whether anything about a participant has changed, and not only the way it is written.

    A notification leaves out what is null, a read spells it out; the sequence number is of the roster.
    """
    return old != new and _plain({**old, _SEQUENCE: None}) != _plain({**new, _SEQUENCE: None})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        told = {key: _plain(one) for key, one in value.items() if not key.startswith("@odata.")}
        return {key: one for key, one in told.items() if one not in (None, [], {})}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _typed(participant: Document) -> Participant:
    return Participant.view(participant)


def _recordings(
    call_id: str, old: Roster, candidates: Iterable[Participant], at: float
) -> Iterable[RecordingChange]:
    for participant in candidates:
        status = _recording_status(participant)
        before = old.get(call_key(participant.id or ""))
        known = _recording_status(_typed(before)) if before is not None else None
        if status is not None and status is not known:
            yield RecordingChange(call_id, participant, status, at)


def _recording_status(participant: Participant) -> RecordingStatus | None:
    return participant.recording_info.recording_status if participant.recording_info else None
