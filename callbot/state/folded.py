"""What folding one observation gives."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from callbot.model import CallState, ResultInfo
from callbot.state.changes import Change, Source, Transition
from callbot.state.keeping import packed
from callbot.state.observation import Document
from callbot.state.order import is_detour
from callbot.state.record import Record

_NO_RESULT = ResultInfo.view({})
_ESTABLISHED = CallState.ESTABLISHED


class Verdict(StrEnum):
    """What became of an observation; counted, so that an operator sees what the network does."""

    __hash__ = str.__hash__  # as the equal string: that of Enum is written in Python

    APPLIED = "applied"  # it changed something
    REPEATED = "repeated"  # it said what was known
    STALE = "stale"  # it would have gone backwards
    UNSURE = "unsure"  # it may be true or old: a read will tell
    LATE = "late"  # the call had ended before
    FOREIGN = "foreign"  # it came from another tenant, or for another bot, than the call's
    UNKNOWN = "unknown"  # callbot does not know what it is about


class Folded(NamedTuple):
    """The record as it is now (None when there is none to keep), and what changed, in order."""

    record: Record | None
    changes: tuple[Change, ...]
    verdict: Verdict


def folded(before: Record, after: Record, changes: Sequence[Change]) -> Folded:
    """Return `after` with `changes`, judged by whether there is anything new in it."""
    new = bool(changes) or after.resource != before.resource
    return Folded(after, tuple(changes), Verdict.APPLIED if new else Verdict.REPEATED)


def moved(
    record: Record,
    new: CallState,
    source: Source,
    at: float,
    result: object = None,
    *,
    inferred: bool = False,
    resource: Document | None = None,
    seen_at: float | None = None,
    merged_at: float | None = None,
) -> tuple[Record, Transition]:
    """Move `record` to the state `new`, as was seen `at`.

    `result` is the `resultInfo` document that came with it. What else is new in the record can be given
    along, so that it is made anew only once.
    """
    transition = Transition(
        call_id=record.id,
        seq=record.transitions + 1,
        old=record.state,
        new=new,
        source=source,
        at=at,
        result=_result(result),
        inferred=inferred,
    )
    if resource is None:
        resource = record.resource
    if new is _ESTABLISHED:
        resource = packed(resource)
    after = record._replace(
        state=new,
        state_at=at,
        seen_at=record.seen_at if seen_at is None else seen_at,
        merged_at=record.merged_at if merged_at is None else merged_at,
        answered=record.answered or new is _ESTABLISHED,
        detours=record.detours | {new} if is_detour(new) else record.detours,
        resource=_with_state(resource, new),
        transitions=transition.seq,
        retreat=None,
        fruitless_reads=0,
    )
    return after, transition


def _with_state(resource: Document, state: CallState) -> Document:
    written = resource.get("state")
    if written == state or (isinstance(written, str) and CallState.named(written) is state):
        return resource
    return {**resource, "state": state.value}


def _result(document: object) -> ResultInfo:
    return ResultInfo.view(document) if isinstance(document, dict) else _NO_RESULT
