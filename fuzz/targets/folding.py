"""The promise of the fold: whatever is observed, in any order, it never raises and the record stays sound."""

from callbot.errors import DecodeError
from callbot.model import CallResource, CallState
from callbot.state import (
    Created,
    Doubted,
    Gone,
    KeptAlive,
    Notified,
    Observation,
    OperationRead,
    Policy,
    Read,
    Record,
    RosterRead,
    SetBack,
    TransferBegun,
    Transition,
    fold,
    next_due,
)
from callbot.store.encoding import decode_notified, decode_record, encode
from callbot.webhook.decode import decode
from fuzz.dice import Dice
from fuzz.documents import APP, CALL, TENANT, call_document, data, envelope, written

_MOST = 12  # observations of one story


def fold_anything(content: bytes) -> None:
    """Fold a story that the bytes tell."""
    dice = Dice(content)
    record: Record | None = None
    told: list[Transition] = []
    now = 1_000_000.0
    for _ in range(1 + dice.below(_MOST)):
        now += dice.choice((0.0, 0.1, 5.0, 20.0, 400.0))
        for observation in _observations(dice, now):
            ended = record is not None and record.ended
            folded = fold(record, observation)
            record = folded.record
            assert not (ended and folded.changes), "an end is final"
            told += [one for one in folded.changes if isinstance(one, Transition)]
        if record is not None:
            _check(record, told)


def _observations(dice: Dice, now: float) -> list[Observation]:
    match dice.below(12):
        case 6:
            return [Read(now, now - dice.choice((0.0, 0.5, 30.0)), call_document(dice))]
        case 7:
            return [Created(now, APP, TENANT, CALL, call_document(dice), None)]
        case 8:
            signs = (KeptAlive(now), Doubted(now, "x"), TransferBegun(now), SetBack(now - 50.0), Gone(now))
            return [signs[dice.below(len(signs))]]
        case 9 | 10:
            return _read(data(dice), now)
        case _:
            return _notified(dice, now)


def _read(found: object, now: float) -> list[Observation]:
    """What a read of an operation, or of the participants, brought."""
    if isinstance(found, dict):
        return [OperationRead(now, found)]
    if isinstance(found, list):
        return [RosterRead(now, now - 1.0, [one for one in found if isinstance(one, dict)])]
    return []


def _notified(dice: Dice, now: float) -> list[Observation]:
    """What a callback says, as the runtime would have it folded."""
    try:
        items = decode(written(envelope(dice), dice))
    except DecodeError:
        return []
    tenant = dice.choice((TENANT, TENANT.upper(), None, "another"))
    seen = [
        Notified(now, APP, tenant, one.call_id, one.path, one.change_type, one.resource_data)
        for one in items
        if one.call_id
    ]
    for one in seen:
        assert decode_notified(encode(one)) == one, "it can wait in the inbox"
    return [*seen]


def _check(record: Record, told: list[Transition]) -> None:
    assert [one.seq for one in told] == list(range(1, len(told) + 1)), "no gap in the numbers"
    assert [one.old for one in told] == [None, *(one.new for one in told[:-1])][: len(told)], "no leap"
    assert sum(one.new is CallState.TERMINATED for one in told) == record.ended, "one end"
    assert record.transitions == len(told)
    assert decode_record(encode(record)) == record, "it can be stored"
    due = next_due(record, Policy())
    assert due is not None, "something is always due"
    assert CallResource.view(record.resource).to_wire() == record.resource
