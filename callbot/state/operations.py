"""Folding what happens inside a call besides its state: operations that finish, content that is shared."""

from collections.abc import Mapping, Sequence

from callbot.model import ChangeType, CommsOperation, OperationStatus, call_key
from callbot.state.changes import Change, ContentSharingChange, OperationFinished
from callbot.state.folded import Folded, Verdict, folded
from callbot.state.observation import Document, Notified, OperationRead
from callbot.state.record import Record

_REMEMBERED = 32  # finished operations of a call that a doubled notification is compared with
_FINAL = (OperationStatus.COMPLETED, OperationStatus.FAILED)


def fold_operation(record: Record, seen: Notified, data: Document) -> Folded:
    """An operation has finished when its path is deleted, or when its status says so. It counts once."""
    operation = CommsOperation.view(data)
    after = record._replace(seen_at=seen.at)
    if seen.change_type is not ChangeType.DELETED and operation.status not in _FINAL:
        return Folded(after, (), Verdict.REPEATED)
    context = operation.client_context or call_key(seen.path.sub_id or "")
    return _finished(after, operation, (call_key(operation.id or "") or context,), seen.at)


def fold_operation_read(record: Record, read: OperationRead) -> Folded:
    """A finished operation counts once, also when the notification that was missed comes after all.

    That notification may have no id, so the operation is remembered by its client context too.
    """
    operation = CommsOperation.view(read.operation)
    after = record._replace(seen_at=read.at)
    if operation.status not in _FINAL:
        return Folded(after, (), Verdict.REPEATED)
    marks = tuple(filter(None, (call_key(operation.id or ""), operation.client_context)))
    return _finished(after, operation, marks, read.at)


def _finished(record: Record, operation: CommsOperation, marks: tuple[str, ...], at: float) -> Folded:
    """Count an operation unless one of its `marks` is known; they tell it from others of the call."""
    if not set(marks).isdisjoint(record.finished_operations):
        return Folded(record, (), Verdict.REPEATED)
    after = record._replace(finished_operations=(*record.finished_operations, *marks)[-_REMEMBERED:])
    return Folded(after, (OperationFinished(record.id, operation, at),), Verdict.APPLIED)


def fold_content_sharing(record: Record, seen: Notified) -> Folded:
    """Content sharing is listed by id: created or updated is started, deleted is stopped."""
    if not isinstance(seen.data, Sequence) or isinstance(seen.data, str):
        return Folded(record._replace(seen_at=seen.at), (), Verdict.UNKNOWN)
    started = seen.change_type is not ChangeType.DELETED
    listed = [one["id"] for one in seen.data if isinstance(one, Mapping) and isinstance(one.get("id"), str)]
    new = [one for one in dict.fromkeys(listed) if (one in record.content_sharing) is not started]
    sharing = record.content_sharing | set(new) if started else record.content_sharing - set(new)
    changes: list[Change] = [ContentSharingChange(record.id, one, started, seen.at) for one in new]
    return folded(record, record._replace(content_sharing=sharing, seen_at=seen.at), changes)
