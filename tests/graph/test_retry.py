"""Which outcome may be repeated for which verb."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.graph import Repeat
from callbot.graph.transport.retry import Fate, fate_of, may_repeat, pause, retry_after

NOW = 1_767_225_600.0


@pytest.mark.parametrize("rule", Repeat)
@pytest.mark.parametrize("fate", [Fate.NOT_SENT, Fate.REFUSED])
def test_what_had_no_effect_may_always_be_repeated(rule: Repeat, fate: Fate) -> None:
    assert may_repeat(rule, fate)


def test_a_lost_answer_is_repeated_only_where_twice_does_no_harm() -> None:
    assert may_repeat(Repeat.FREELY, Fate.UNKNOWN)
    assert not may_repeat(Repeat.REFUSED, Fate.UNKNOWN)


@pytest.mark.parametrize("rule", Repeat)
def test_what_is_settled_is_never_repeated(rule: Repeat) -> None:
    assert not may_repeat(rule, Fate.SETTLED)


@pytest.mark.parametrize(
    ("status", "asks_to_wait", "fate"),
    [
        (429, False, Fate.REFUSED),
        (429, True, Fate.REFUSED),
        (503, True, Fate.REFUSED),
        (503, False, Fate.UNKNOWN),
        (500, True, Fate.UNKNOWN),
        (502, False, Fate.UNKNOWN),
        (504, False, Fate.UNKNOWN),
        (200, False, Fate.SETTLED),
        (400, True, Fate.SETTLED),
        (404, False, Fate.SETTLED),
    ],
)
def test_a_status_tells_whether_the_request_had_its_effect(
    status: int, asks_to_wait: bool, fate: Fate
) -> None:
    assert fate_of(status, asks_to_wait=asks_to_wait) is fate


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("10", 10.0),
        ("2.128", 2.128),
        (" 3 ", 3.0),
        ("0", 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 30, UTC), usegmt=True), 30.0),
        (format_datetime(datetime.fromtimestamp(NOW - 30, UTC), usegmt=True), 0.0),
        ("Thu, 01 Jan 2026 00:00:07 -0000", 7.0),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_understood_as_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_no_retry_after_is_ever_an_error_or_negative(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_to_a_bound_and_are_never_zero(attempt: int, chance: float) -> None:
    assert 0.125 <= pause(attempt, chance) <= pause(attempt + 1, chance) * 2
    assert pause(attempt, chance) <= 8
