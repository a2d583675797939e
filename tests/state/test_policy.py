"""What a policy-recording bot is told of those it was asked to look after too."""

import pytest

from callbot.state import ParticipantLeft, Policy, Transition, Verdict, fold
from tests.state.wire import PATH, created, notified

LEFT = "#microsoft.graph.participantLeftNotification"


def test_who_left_is_told_once_and_changes_no_state() -> None:
    record = fold(None, created()).record
    left = notified({"@odata.type": LEFT, "participantId": "p1"}, path=PATH)
    first = fold(record, left)
    assert [one.participant_id for one in first.changes if isinstance(one, ParticipantLeft)] == ["p1"]
    assert fold(first.record, left).verdict is Verdict.REPEATED
    assert first.record is not None
    assert record is not None
    assert first.record.state is record.state


@pytest.mark.parametrize(
    "data",
    [{"@odata.type": LEFT}, {"@odata.type": "#microsoft.graph.participantJoiningNotification", "call": {}}],
    ids=["nobody is named", "somebody wants to join"],
)
def test_what_says_nothing_of_the_call_is_a_sighting_only(data: object) -> None:
    folded = fold(fold(None, created()).record, notified(data, path=PATH, at=140.0))
    assert (folded.verdict, folded.changes) == (Verdict.UNKNOWN, ())
    assert folded.record is not None
    assert folded.record.seen_at == 140.0


def test_a_transition_knows_when_it_was() -> None:
    (first,) = fold(None, created(at=1_767_225_600.0)).changes
    assert isinstance(first, Transition)
    assert first.when.isoformat() == "2026-01-01T00:00:00+00:00"


def test_while_callbacks_have_stopped_quiet_calls_are_read_ten_times_as_often() -> None:
    assert Policy().vigilant().quiet == 30.0
    assert Policy(quiet=60.0).vigilant().quiet == 20.0
    assert Policy(quiet=5.0).vigilant().quiet == 5.0


def test_without_callbacks_every_state_is_read_at_the_same_interval() -> None:
    policy = Policy().polling(2.0)
    assert {policy.incoming, policy.establishing, policy.passing, policy.quiet} == {2.0}
