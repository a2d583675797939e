"""Reads of what is in a call: an operation and the roster, whatever notifications come beside them."""

from hypothesis import given
from hypothesis import strategies as st

from callbot.model import OperationStatus
from callbot.state import (
    Change,
    Observation,
    OperationFinished,
    OperationRead,
    Record,
    RosterChange,
    RosterRead,
    Verdict,
    fold,
)
from tests.state.wire import created, operation, person, roster, state

OPERATION = "5b0e9a524a0e4f8c9e0e7c5f3e1d2a99"
CONTEXT = "d45324c1-fcb5-430a-902c-f20af696537c"


def begun() -> Record:
    record = fold(fold(None, created()).record, state("established")).record
    assert record is not None
    return record


def operation_read(status: str = "completed") -> OperationRead:
    document = {"@odata.type": "#microsoft.graph.playPromptOperation", "id": OPERATION, "status": status}
    return OperationRead(120.0, {**document, "clientContext": CONTEXT})


def roster_read(*people: dict[str, object], asked_at: float = 150.0) -> RosterRead:
    return RosterRead(151.0, asked_at, people)


def changes_of(record: Record, *observations: Observation) -> tuple[Record, list[Change]]:
    changes: list[Change] = []
    for one in observations:
        folded = fold(record, one)
        assert folded.record is not None
        record = folded.record
        changes.extend(folded.changes)
    return record, changes


def test_an_operation_that_was_read_as_finished_has_finished() -> None:
    _, changes = changes_of(begun(), operation_read("failed"))
    (finished,) = changes
    assert isinstance(finished, OperationFinished)
    assert finished.operation.status is OperationStatus.FAILED


def test_an_operation_that_was_read_as_running_has_not() -> None:
    record, changes = changes_of(begun(), operation_read("Running"))
    assert changes == []
    assert record.seen_at == 120.0


WITH_ID = operation(OPERATION, context=CONTEXT)
WITHOUT_ID = operation(None, context=CONTEXT, path="participants")


@given(st.lists(st.sampled_from([WITH_ID, operation_read(), operation_read("running")]), min_size=1))
def test_an_operation_finishes_once_however_often_it_is_told_and_read(seen: list[Observation]) -> None:
    _, changes = changes_of(begun(), *seen)
    assert len(changes) == any(one != operation_read("running") for one in seen)


@given(st.lists(st.sampled_from([WITHOUT_ID, operation_read()]), min_size=1))
def test_the_same_holds_where_the_notification_has_no_id(seen: list[Observation]) -> None:
    _, changes = changes_of(begun(), *seen)
    assert len(changes) == 1


def test_a_roster_that_was_read_replaces_the_known_one() -> None:
    record, _ = changes_of(begun(), roster(person("ana"), person("ben")))
    record, changes = changes_of(record, roster_read(person("ana"), person("chris")))
    (change,) = changes
    assert isinstance(change, RosterChange)
    assert [one.id for one in change.joined] == ["chris"]
    assert [one.id for one in change.left] == ["ben"]
    assert sorted(record.roster) == ["ana", "chris"]


def test_nulls_and_numbers_a_read_spells_out_are_no_changes() -> None:
    known = person("ana", info={"identity": {"user": {"id": "a"}}}, isInLobby=False)
    record, _ = changes_of(begun(), roster(known))
    read_as = {
        "id": "ana",
        "info": {"@odata.type": "x", "identity": {"user": {"id": "a"}, "phone": None}, "region": None},
        "isInLobby": False,
        "isMuted": False,
        "mediaStreams": [],
        "rosterSequenceNumber": 7,
    }
    record, changes = changes_of(record, roster_read(read_as), roster(known))
    assert changes == []


def test_somebody_muted_unheard_is_a_change() -> None:
    record, _ = changes_of(begun(), roster(person("ana")))
    _, changes = changes_of(record, roster_read(person("ana", isMuted=True)))
    (change,) = changes
    assert isinstance(change, RosterChange)
    assert [one.id for one in change.changed] == ["ana"]


def test_a_read_that_a_notification_has_overtaken_is_not_believed() -> None:
    record, _ = changes_of(begun(), roster(person("ana"), person("ben"), at=140.0))
    folded = fold(record, roster_read(person("ana"), asked_at=139.0))
    assert folded.changes == ()
    assert folded.verdict is Verdict.STALE


def test_an_empty_answer_is_no_roster_and_empties_none() -> None:
    record, _ = changes_of(begun(), roster(person("ana")))
    after, changes = changes_of(record, roster_read())
    assert changes == []
    assert after.roster == record.roster


def test_nothing_that_is_read_brings_an_ended_or_unknown_call_to_life() -> None:
    ended, _ = changes_of(begun(), state("terminated"))
    for read in (operation_read(), roster_read(person("ana"))):
        assert fold(ended, read).changes == ()
        assert fold(None, read).record is None
