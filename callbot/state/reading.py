"""Folding a read: the truth, except for what a read never carries and for reads that were overtaken."""

from callbot.model import CallState
from callbot.state.changes import Change, Source
from callbot.state.folded import Folded, Verdict, folded, moved
from callbot.state.notified import call_details, stated
from callbot.state.observation import Document, Read
from callbot.state.order import Step, step
from callbot.state.record import Record, Retreat

CONFIRM_AFTER = 15.0
"""Seconds after which a second read may confirm that a call has gone back.

Longer than a replica of Graph lags behind; shorter would make handlers run twice for one change of state.
"""

_NEVER_READ = ("toneInfo", "mediaState")  # null in a read although they were notified


def fold_read(record: Record, read: Read) -> Folded:
    """Replace the document and correct the state.

    A read that moves the call forward counts at once. One that moves it back is confirmed by a second one
    first: Graph answers from replicas, and a read that was overtaken must not make a handler run twice.
    """
    said = stated(read.resource)
    way = Step.SAME if said is None else _way(record, said, read)
    after = _replaced(record, read)
    if said is not None and way is Step.FORWARD:
        return _moving(record, after, said, read)
    if said is not None and way is not Step.SAME:
        return _going_back(record, after, said, read)
    after, changes = _details(record, after._replace(retreat=None), read)
    after = after._replace(fruitless_reads=0 if changes else record.fruitless_reads + 1)
    return folded(record, after, changes)


def _way(record: Record, said: CallState, read: Read) -> Step:
    return step(record.state, said, has_result=bool(read.resource.get("resultInfo")))


def _moving(record: Record, after: Record, said: CallState, read: Read) -> Folded:
    after, transition = moved(after, said, Source.READ, read.at, read.resource.get("resultInfo"))
    changes: list[Change] = [transition]
    if not after.ended:
        after, details = _details(record, after, read)
        changes.extend(details)
    return folded(record, after, changes)


def _going_back(record: Record, after: Record, said: CallState, read: Read) -> Folded:
    """Two reads have to agree, the second asked for well after the first."""
    overtaken = read.asked_at < max(record.state_at, record.merged_at)
    suspected = record.retreat
    if overtaken:
        return Folded(_kept(record, after, suspected), (), Verdict.STALE)
    if suspected is None or suspected.state != said:
        return Folded(_kept(record, after, Retreat(said, read.at)), (), Verdict.STALE)
    if read.asked_at < suspected.at + CONFIRM_AFTER:
        return Folded(_kept(record, after, suspected), (), Verdict.STALE)
    return _moving(record, after, said, read)


def _kept(record: Record, after: Record, retreat: Retreat | None) -> Record:
    """The record as it was, marked as read: the document of a read that is not believed is not kept."""
    return after._replace(
        resource=record.resource, retreat=retreat, fruitless_reads=record.fruitless_reads + 1
    )


def _details(before: Record, after: Record, read: Read) -> tuple[Record, list[Change]]:
    return call_details(before, after, {**read.resource, "toneInfo": None}, read.at)


def _replaced(record: Record, read: Read) -> Record:
    overtaken = read.asked_at < record.merged_at
    answered_doubt = record.doubt is not None and read.asked_at >= record.doubt_at
    return record._replace(
        resource=_document(record.resource, read.resource, overtaken=overtaken),
        seen_at=read.at,
        read_at=read.asked_at,
        doubt=None if answered_doubt else record.doubt,
    )


def _document(known: Document, read: Document, *, overtaken: bool) -> Document:
    if overtaken:  # a notification has said more since the read was asked for
        return {**read, **known}
    kept = {key: known[key] for key in _NEVER_READ if read.get(key) is None and key in known}
    return {**read, **kept}
