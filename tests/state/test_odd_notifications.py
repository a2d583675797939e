"""What no honest platform sends, and a clock that is set: the fold takes it all and stays right."""

from hypothesis import given
from hypothesis import strategies as st

from callbot.model import CallState
from callbot.state import Policy, Record, SetBack, Verdict, fold, next_due
from tests.state.wire import gone, state, tone

ELSEWHERE = "99999999-6f0e-4f0a-8a53-5a6e5d3c2b10"


def established(at: float = 100.0) -> Record:
    record = fold(None, state("established", at=at)).record
    assert record is not None
    return record


def test_a_notification_in_the_name_of_another_tenant_changes_nothing() -> None:
    record = established()
    folded = fold(record, state("terminated")._replace(tenant_id=ELSEWHERE))
    assert folded == (record, (), Verdict.FOREIGN)


def test_a_notification_for_another_bot_changes_nothing() -> None:
    record = established()
    assert fold(record, state("terminated")._replace(app_id="another")).verdict is Verdict.FOREIGN


def test_the_case_of_a_tenant_says_nothing() -> None:
    record = established()
    same = state("terminated")._replace(tenant_id=(record.tenant_id or "").upper())
    assert fold(record, same).verdict is Verdict.APPLIED


def test_a_tone_with_a_number_of_five_thousand_digits_is_left_out() -> None:
    assert fold(established(), tone("9" * 5000)).changes == ()


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1e6))
def test_after_the_clock_was_set_back_something_is_due_within_an_interval(first: float, back: float) -> None:
    now, policy = first - back, Policy()
    after = fold(established(at=first), SetBack(now)).record
    assert after is not None
    due = next_due(after, policy)
    assert due is not None
    assert due.at <= now + policy.quiet
    assert after.kept_alive_at <= now
    assert after.state is CallState.ESTABLISHED


def test_a_clock_that_was_set_back_does_not_wake_a_tombstone() -> None:
    ended = fold(established(), gone()).record
    assert fold(ended, SetBack(0.0)) == (ended, (), Verdict.LATE)
