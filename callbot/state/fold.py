"""The fold: one observation into one call's record.

`fold(record, observation)` is the only place where the state of a call changes. It is pure, so that any
order, loss and doubling of observations can be tried out, and it never raises for what the platform sends.
"""

from callbot.model import CallState, ChangeType, PathKind, call_key
from callbot.model.resources.result import GONE
from callbot.state.changes import Source
from callbot.state.folded import Folded, Verdict, folded, moved
from callbot.state.notified import fold_notified, stated
from callbot.state.observation import (
    Created,
    Document,
    Doubted,
    Gone,
    KeptAlive,
    Notified,
    Observation,
    OperationRead,
    Read,
    RosterRead,
    SetBack,
    TransferBegun,
)
from callbot.state.operations import fold_content_sharing, fold_operation, fold_operation_read
from callbot.state.order import TRANSFER
from callbot.state.policy import fold_policy, policy_payload
from callbot.state.reading import fold_read
from callbot.state.record import Record, Retreat
from callbot.state.roster import fold_roster


def fold(record: Record | None, observation: Observation) -> Folded:
    """Fold `observation` into `record`, which is None for a call that is not known."""
    if record is None:
        record = _adopt(observation)
        if record is None:
            return Folded(None, (), Verdict.UNKNOWN)
    elif isinstance(observation, Notified) and not record.belongs_to(
        observation.app_id, observation.tenant_id
    ):
        return Folded(record, (), Verdict.FOREIGN)
    elif record.ended:
        return Folded(record, (), Verdict.LATE)
    return _fold(record, observation)


def _fold(record: Record, observation: Observation) -> Folded:
    match observation:
        case Notified():
            return _notified(record, observation)
        case Created():
            return _created(record, observation)
        case Read():
            return fold_read(record, observation)
        case OperationRead():
            return fold_operation_read(record, observation)
        case RosterRead():
            return _roster_read(record, observation)
        case _:
            return _signed(record, observation)


def _signed(record: Record, sign: Gone | KeptAlive | TransferBegun | Doubted | SetBack) -> Folded:
    """A sign of life, of none, of doubt or of trust: it tells nothing else of the call."""
    match sign:
        case Gone():
            after, end = moved(
                record, CallState.TERMINATED, Source.GONE, sign.at, {"message": GONE}, inferred=True
            )
            return Folded(after._replace(seen_at=sign.at), (end,), Verdict.APPLIED)
        case KeptAlive():
            after = record._replace(seen_at=sign.at, kept_alive_at=sign.at)
            return Folded(after, (), Verdict.REPEATED)
        case TransferBegun():
            return Folded(record._replace(detours=record.detours - TRANSFER), (), Verdict.APPLIED)
        case Doubted():
            after = record._replace(doubt=sign.reason, doubt_at=sign.at)
            return Folded(after, (), Verdict.APPLIED)
        case _:  # the clock was set back
            return Folded(_not_ahead_of(record, sign.at), (), Verdict.APPLIED)


def _not_ahead_of(record: Record, now: float) -> Record:
    """The record with no time later than `now`, or nothing would be due before the clock is there again."""
    retreat = record.retreat
    return record._replace(
        seen_at=min(record.seen_at, now),
        state_at=min(record.state_at, now),
        merged_at=min(record.merged_at, now),
        kept_alive_at=min(record.kept_alive_at, now),
        rostered_at=min(record.rostered_at, now),
        doubt_at=min(record.doubt_at, now),
        read_at=min(record.read_at, now),
        retreat=None if retreat is None else Retreat(retreat.state, min(retreat.at, now)),
    )


def _adopt(observation: Observation) -> Record | None:
    """A record for a call seen for the first time; only what names the call can begin one."""
    if not isinstance(observation, Notified | Created):
        return None
    expected = isinstance(observation, Created) or _is_fresh(observation)
    return Record(
        key=call_key(observation.call_id),
        id=observation.call_id,
        app_id=observation.app_id,
        tenant_id=observation.tenant_id,
        first_seen_at=observation.at,
        seen_at=observation.at,
        state_at=observation.at,
        kept_alive_at=observation.at,
        resource={"id": observation.call_id},
        doubt=None if expected else "unknown call",
        doubt_at=observation.at,
    )


def _is_fresh(seen: Notified) -> bool:
    """Whether it announces a call, rather than telling of one that should be known."""
    return (
        seen.change_type is ChangeType.CREATED
        and seen.path.kind is PathKind.CALL
        and isinstance(seen.data, dict)
        and stated(seen.data) is CallState.INCOMING
    )


def _notified(record: Record, seen: Notified) -> Folded:
    policy = policy_payload(seen.data)
    if policy is not None:
        return fold_policy(record, seen, policy)
    match seen.path.kind:
        case PathKind.CALL:
            return fold_notified(record, seen)
        case PathKind.OPERATION if isinstance(seen.data, dict):
            return fold_operation(record, seen, seen.data)
        case PathKind.PARTICIPANTS | PathKind.OPERATION:
            return _rostered(record, seen)
        case PathKind.CONTENT_SHARING:
            return fold_content_sharing(record, seen)
        case _:
            return Folded(record._replace(seen_at=seen.at), (), Verdict.UNKNOWN)


def _rostered(record: Record, seen: Notified) -> Folded:
    rostered = fold_roster(record.id, record.roster, seen.data, seen.at)
    if rostered is None:
        return Folded(record._replace(seen_at=seen.at), (), Verdict.UNKNOWN)
    after = record._replace(roster=rostered.roster, seen_at=seen.at, rostered_at=seen.at)
    return folded(record, after, rostered.changes)


def _roster_read(record: Record, read: RosterRead) -> Folded:
    """The roster as Graph says it is, unless a notification has overtaken the read.

    An empty answer means that the call has no roster to read: the bot itself is on every roster.
    """
    after = record._replace(seen_at=read.at)
    if read.asked_at < record.rostered_at:
        return Folded(after, (), Verdict.STALE)
    rostered = fold_roster(record.id, record.roster, read.participants, read.at)
    if rostered is None or not rostered.roster:
        return Folded(after, (), Verdict.REPEATED)
    return folded(record, after._replace(roster=rostered.roster), rostered.changes)


def _created(record: Record, created: Created) -> Folded:
    """The answer to a create. Notifications may have beaten it, and then they know better."""
    said = stated(created.resource)
    after = record._replace(
        seen_at=created.at,
        resource=_beneath(created.resource, record.resource),
        data=created.data if record.data is None else record.data,
        scenario_id=created.scenario_id,
    )
    if record.state is not None or said is None:
        return folded(record, after, ())
    after, transition = moved(after, said, Source.CREATED, created.at, created.resource.get("resultInfo"))
    return folded(record, after, (transition,))


def _beneath(older: Document, newer: Document) -> Document:
    return {**older, **newer}
