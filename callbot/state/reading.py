"""Folding a read: the truth, except for what a read never carries and for reads that were overtaken."""

from callbot.model import CallState
from callbot.state.changes import Change, Source
from callbot.state.folded import Folded, Verdict, folded, moved
from callbot.state.keeping import packed
from callbot.state.notified import call_details, stated
from callbot.state.observation import Document, Read
from callbot.state.order import Step, is_among_connected, may_be_old, step
from callbot.state.record import Record, Retreat

CONFIRM_AFTER = 15.0
"""Seconds after which a read may confirm that a call has gone back.

Longer than a replica of Graph lags behind; shorter would make handlers run twice for one change of state.
"""

_NEVER_READ = ("toneInfo", "mediaState")  # null in a read although they were notified


def fold_read(record: Record, read: Read) -> Folded:
    """Replace the document and correct the state.

    A read that moves the call forward counts at once. One that may be from before, or moves it back, counts
    only when no replica of Graph can lag behind so far: it must not make a handler run twice.
    """
    said = stated(read.resource)
    if said is None or said == record.state:
        return _nothing_new(record, read)
    after = _replaced(record, read, record.retreat, record.fruitless_reads)
    if _is_forward(record, said):
        return _moving(record, after, said, read)
    return _going_back(record, after, said, read)


def _is_forward(record: Record, said: CallState) -> bool:
    way = step(record.state, said, has_result=False)
    return way is Step.FORWARD and not may_be_old(record.state, said, record.detours, has_result=False)


def _nothing_new(record: Record, read: Read) -> Folded:
    """The state is as known. Between two ways of being connected that ends a suspicion only in time."""
    suspected = record.retreat
    open_still = (
        suspected is not None
        and is_among_connected(record.state, suspected.state)
        and read.asked_at < suspected.at + CONFIRM_AFTER
    )
    after, changes = _details(record, record, read)
    fruitless = 0 if changes else record.fruitless_reads + 1
    after = _replaced(after, read, suspected if open_still else None, fruitless)
    return folded(record, after, changes)


def _moving(record: Record, after: Record, said: CallState, read: Read) -> Folded:
    after, transition = moved(after, said, Source.READ, read.at, read.resource.get("resultInfo"))
    changes: list[Change] = [transition]
    if not after.ended:
        after, details = _details(record, after, read)
        changes.extend(details)
    return folded(record, after, changes)


def _going_back(record: Record, after: Record, said: CallState, read: Read) -> Folded:
    """A read is believed when it was asked for well after what it contradicts.

    Between two ways of being connected that is the last change of state. Where a call goes back for good, as
    from established to establishing, it is another read that said so too.
    """
    suspected = record.retreat if record.retreat is not None and record.retreat.state == said else None
    if read.asked_at < max(record.state_at, record.merged_at):
        return Folded(_kept(record, after, record.retreat), (), Verdict.STALE)
    if is_among_connected(record.state, said):
        suspected = Retreat(said, record.state_at)
    if suspected is None or read.asked_at < suspected.at + CONFIRM_AFTER:
        return Folded(_kept(record, after, suspected or Retreat(said, read.at)), (), Verdict.STALE)
    return _moving(record, after, said, read)


def _kept(record: Record, after: Record, retreat: Retreat | None) -> Record:
    """The record as it was, marked as read: the document of a read that is not believed is not kept."""
    return after._replace(
        resource=record.resource, retreat=retreat, fruitless_reads=record.fruitless_reads + 1
    )


def _details(before: Record, after: Record, read: Read) -> tuple[Record, list[Change]]:
    """What a read carries beside its state; a tone it might repeat is none that was pressed now."""
    document = read.resource
    if document.get("toneInfo") is not None:
        document = {**document, "toneInfo": None}
    return call_details(before, after, document, read.at)


def _replaced(record: Record, read: Read, retreat: Retreat | None, fruitless_reads: int) -> Record:
    overtaken = read.asked_at < record.merged_at
    answered_doubt = record.doubt is not None and read.asked_at >= record.doubt_at
    return record._replace(
        resource=_document(record.resource, read.resource, overtaken=overtaken),
        seen_at=read.at,
        read_at=read.asked_at,
        doubt=None if answered_doubt else record.doubt,
        retreat=retreat,
        fruitless_reads=fruitless_reads,
    )


def _document(known: Document, read: Document, *, overtaken: bool) -> Document:
    if overtaken:  # a notification has said more since the read was asked for
        return packed({**read, **known})
    kept = {key: known[key] for key in _NEVER_READ if read.get(key) is None and key in known}
    document = {**read, **kept} if kept else read
    return known if document == known else packed(document)  # one that says nothing new takes no memory
