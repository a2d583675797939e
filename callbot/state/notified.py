"""Folding a notification on the call's own path: a hint, in which what is left out is unchanged."""

from callbot.model import CallState, CallTranscriptionState, ChangeType, MediaState, ToneName
from callbot.state.changes import Change, MediaChange, Source, Tone, TranscriptionChange
from callbot.state.folded import Folded, Verdict, folded, moved
from callbot.state.keeping import packed
from callbot.state.observation import Document, Notified
from callbot.state.order import Step, may_be_old, step
from callbot.state.record import Record, Retreat

_DETAILS = frozenset({"mediaState", "toneInfo", "transcription"})
_INT64_DIGITS = 19
_state_named = CallState.named
_SAME, _BACK = Step.SAME, Step.BACK
_DELETED, _TERMINATED = ChangeType.DELETED, CallState.TERMINATED
_NOT_EXPRESSED = CallState.UNKNOWN_FUTURE_VALUE
_FROM_NOTIFICATION, _APPLIED = Source.NOTIFICATION, Verdict.APPLIED
_GAP = 64  # tones that can be missing at most and still be waited for


def fold_notified(record: Record, seen: Notified) -> Folded:
    """Merge what the notification carries; a state that would go backwards is stale and left out.

    So is one the call has been in before, as to hold and back: the notification may be an old one. A read
    has to say whether it is true.
    """
    data = seen.data if isinstance(seen.data, dict) else {}
    said = _TERMINATED if seen.change_type is _DELETED else stated(data)
    has_result = bool(data.get("resultInfo"))
    way = _SAME if said is None else step(record.state, said, has_result=has_result)
    if way is _BACK:
        return _stale(record, seen, data)
    if said is not None and may_be_old(record.state, said, record.detours, has_result=has_result):
        return _unsure(record, seen, data, said)
    if said is None or way is _SAME:
        after, details = call_details(record, _merged(record, data, seen.at), data, seen.at)
        return folded(record, after, details)
    after, transition = moved(
        record,
        said,
        _FROM_NOTIFICATION,
        seen.at,
        data.get("resultInfo"),
        resource={**record.resource, **data},
        seen_at=seen.at,
        merged_at=seen.at,
    )
    if after.ended:
        return Folded(after, (transition,), _APPLIED)
    after, details = call_details(record, after, data, seen.at)
    return Folded(after, (transition, *details), _APPLIED)


def stated(data: Document) -> CallState | None:
    """Return the state a call document names; None for none, or one it could not express."""
    written = data.get("state")
    state = _state_named(written) if isinstance(written, str) and written else None
    return None if state is _NOT_EXPRESSED else state


def call_details(before: Record, after: Record, data: Document, at: float) -> tuple[Record, list[Change]]:
    """Fold what a call document carries beside its state into `after`: audio, tone, transcription."""
    changes: list[Change] = []
    if _DETAILS.isdisjoint(data):
        return after, changes
    audio = _member(data.get("mediaState"), "audio")
    if audio is not None and MediaState(audio) != before.audio:
        after = after._replace(audio=MediaState(audio))
        changes.append(MediaChange(after.id, MediaState(audio), at))
    after, tone = _tone(after, data.get("toneInfo"), at)
    if tone is not None:
        changes.append(tone)
    transcription = _transcription(data)
    if transcription is not None and transcription != _transcription(before.resource):
        changes.append(TranscriptionChange(after.id, transcription, at))
    return after, changes


def _stale(record: Record, seen: Notified, data: Document) -> Folded:
    """A notification from before: its other fields are merged, its state is a reason to read the call."""
    after, details = _without_state(record, seen, data)
    after = after._replace(doubt="stale notification", doubt_at=seen.at)
    return Folded(after, details, Verdict.STALE)


def _unsure(record: Record, seen: Notified, data: Document, said: CallState) -> Folded:
    """A notification that may be an old one: the call is read, twice where the first read settles nothing."""
    after, details = _without_state(record, seen, data)
    after = after._replace(doubt="ambiguous notification", doubt_at=seen.at, retreat=Retreat(said, seen.at))
    return Folded(after, details, Verdict.UNSURE)


def _without_state(record: Record, seen: Notified, data: Document) -> tuple[Record, tuple[Change, ...]]:
    others = {key: value for key, value in data.items() if key != "state"}
    after, details = call_details(record, _merged(record, others, seen.at), data, seen.at)
    return after, tuple(details)


def _merged(record: Record, data: Document, at: float) -> Record:
    return record._replace(resource={**record.resource, **packed(data)}, seen_at=at, merged_at=at)


def _tone(record: Record, info: object, at: float) -> tuple[Record, Tone | None]:
    """A tone counts once, by its number; one that was overtaken still counts when it arrives."""
    name, number = _member(info, "tone"), _number(info)
    if name is None or number is None:
        return record, None
    last = record.last_tone
    if last is not None and number <= last and number not in record.missing_tones:
        return record, None
    missing = record.missing_tones - {number}
    if last is None or number > last:
        first = number - _GAP  # what is further back will not come any more
        missing = frozenset(one for one in missing if one >= first)
        missing |= frozenset(range(max((last or 0) + 1, first), number))
        last = number
    after = record._replace(last_tone=last, missing_tones=missing)
    return after, Tone(record.id, number, ToneName(name), at)


def _transcription(data: Document) -> CallTranscriptionState | None:
    state = _member(data.get("transcription"), "state")
    return CallTranscriptionState(state) if state is not None else None


def _member(document: object, name: str) -> str | None:
    value = document.get(name) if isinstance(document, dict) else None
    return value if isinstance(value, str) else None


def _number(info: object) -> int | None:
    """The sequence number of a tone, which OData may write as a string."""
    value = info.get("sequenceId") if isinstance(info, dict) else None
    if isinstance(value, str) and value.isdecimal() and len(value) <= _INT64_DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
