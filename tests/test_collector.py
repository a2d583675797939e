"""The collector of cyclic garbage while a service runs."""

import gc
from collections.abc import Iterator

import pytest

from callbot.collector import quiet_collector


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_leaves_alone_what_was_there_and_looks_less_often_until_the_service_ends() -> None:
    gc.set_threshold(700, 10, 10)
    with quiet_collector():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (20_000, 10, 10)
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("young", [0, 100_000], ids=["off", "less often still"])
def test_whoever_has_turned_it_down_further_is_obeyed(young: int) -> None:
    gc.set_threshold(young, 5, 5)
    with quiet_collector():
        assert gc.get_threshold() == (young, 5, 5)


def test_what_is_made_meanwhile_is_still_collected() -> None:
    with quiet_collector():
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        assert gc.collect() > 0
