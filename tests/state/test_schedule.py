"""When a call is looked at again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.state import DueKind, KeptAlive, Observation, Policy, Record, fold, next_due
from callbot.state.schedule import spread
from tests.state.wire import created, gone, read, state

EXACT = Policy(jitter=0.0)


def after(*observations: Observation) -> Record:
    record: Record | None = None
    for observation in observations:
        record = fold(record, observation).record
    assert record is not None
    return record


def due(record: Record, policy: Policy = EXACT) -> tuple[float, str, str]:
    found = next_due(record, policy)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("observations", "expected"),
    [
        ([state("incoming")], (120.0, "read", "still incoming")),
        ([created()], (145.0, "read", "still establishing")),
        ([created(), state("established"), state("transferring")], (120.0, "read", "still transferring")),
        ([created(), state("terminating")], (120.0, "read", "still terminating")),
        ([created(), state("established"), state("hold")], (120.0, "read", "still hold")),
        ([created(), state("established")], (400.0, "read", "quiet call")),
        ([created(), state("established"), KeptAlive(700.0)], (1000.0, "read", "quiet call")),
        ([state("established")], (100.0, "read", "unknown call")),
        ([created(), state("established"), state("establishing")], (100.0, "read", "stale notification")),
        ([created(), gone(at=200.0)], (800.0, "forget", "tombstone expired")),
    ],
)
def test_each_state_is_looked_at_in_its_time(
    observations: list[Observation], expected: tuple[float, str, str]
) -> None:
    assert due(after(*observations)) == expected


@pytest.mark.parametrize("last", ["incoming", "establishing", "transferring", "terminating", "established"])
def test_whoever_asks_for_short_intervals_gets_them_in_every_state(last: str) -> None:
    record = after(state("incoming"), state(last))
    assert due(record, Policy(jitter=0.0, quiet=3.0)) < (103.1, "read", "")


def test_a_keep_alive_is_due_before_the_platform_gives_the_call_up() -> None:
    often = after(created(), state("established"))._replace(seen_at=5000.0)
    at, kind, _ = due(often)
    assert (at, kind) == (820.0, DueKind.KEEP_ALIVE)


def test_reads_that_show_nothing_new_come_less_and_less_often() -> None:
    record = after(created())
    times = []
    for _ in range(6):
        at, _, _ = due(record, Policy(jitter=0.0, keep_alive=1e9))
        times.append(at)
        record = fold(record, read("establishing", asked_at=at, at=at)).record or record
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == [90.0, 180.0, 300.0, 300.0, 300.0]


def test_a_suspicion_is_confirmed_soon() -> None:
    record = after(created(), state("established"), read("establishing", asked_at=150.0, at=151.0))
    assert due(record) == (166.0, "read", "contradictory read")


def test_a_tombstone_waits_for_its_handlers() -> None:
    record = after(created(), gone())
    (end,) = fold(after(created()), gone()).changes
    assert next_due(record._replace(unhandled=(end,)), EXACT) is None


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32))
def test_calls_differ_from_each_other_but_never_wait_longer_than_the_interval(key: str) -> None:
    record = after(created(), state("established"))._replace(key=key)
    at, _, _ = due(record, Policy(jitter=0.2))
    assert 100.0 + 240.0 <= at <= 400.0
    assert 0.0 <= spread(key) <= 1.0
