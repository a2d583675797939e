"""Tones are taken in the order in which the keys were pressed, whatever the order of their callbacks."""

import asyncio
import copy
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot import CallEnded, Digits, GatherEnd
from callbot.bot import Desk
from callbot.bot.flows import GatherRules, gather_once
from callbot.bot.line import Line
from callbot.bot.line.tones import Tones
from callbot.state import Notified, Record, fold
from callbot.testing import ManualClock
from tests.state.wire import gone, state, tone

KEYS = "0123456789"


class Wire:
    """A call whose notifications arrive here, with a line and its tones on top."""

    def __init__(self) -> None:
        self.clock = ManualClock(100.0)
        self._record = _record(state("established"))
        desk = cast(Desk, self)  # as much of one as a line needs to wait
        self.line = Line(self._record, desk)
        self.tones = Tones(self.line)

    class settings:  # noqa: N801 - as a desk has it
        callbacks = "on"

    def record(self, key: str) -> Record:
        return self._record

    def arrives(self, seen: Notified) -> None:
        folded = fold(self._record, seen)
        assert folded.record is not None
        self._record = folded.record
        self.tones.put(folded.changes)
        self.line.update(folded.record, folded.changes)

    def press(self, number: int) -> None:
        self.arrives(tone(number, f"tone{(number - 1) % 10}", at=self.clock.time()))

    def end(self) -> None:
        folded = fold(self._record, gone(self.clock.time()))
        assert folded.record is not None
        self._record = folded.record
        self.line.update(folded.record, folded.changes)


def _record(seen: Notified) -> Record:
    record = fold(None, seen).record
    assert record is not None
    return record


async def taken(wire: Wire, count: int) -> str:
    return "".join([one.key for _ in range(count) if (one := await wire.tones.take()) is not None])


@given(st.permutations(range(1, 8)), st.lists(st.integers(0, 6), max_size=4), st.integers(0, 7))
def test_tones_are_sorted_whatever_overtakes_what(order: list[int], again: list[int], before: int) -> None:
    """Some arrive before anybody takes them, some while somebody waits; some arrive twice."""

    async def scenario() -> str:
        wire = Wire()
        arriving = order + [order[position] for position in again]
        for number in arriving[:before]:
            wire.press(number)
        taking = asyncio.create_task(taken(wire, len(order)))
        for number in arriving[before:]:
            await asyncio.sleep(0)
            wire.press(number)
        await wire.clock.advance(60)
        return await taking

    assert asyncio.run(scenario()) == KEYS[: len(order)]


async def test_a_tone_that_never_arrives_holds_the_next_ones_up_for_a_moment_only() -> None:
    wire = Wire()
    wire.press(1)
    assert await taken(wire, 1) == "0"
    wire.press(3)
    taking = asyncio.create_task(taken(wire, 1))
    await wire.clock.advance(0.9)
    assert not taking.done()
    await wire.clock.advance(0.2)
    assert await taking == "2"
    wire.press(2)  # too late for its place, but not lost
    assert await taken(wire, 1) == "1"


async def test_what_was_pressed_before_the_end_is_still_there_after_it() -> None:
    wire = Wire()
    wire.press(2)  # the first one is on its way
    wire.end()
    assert await taken(wire, 1) == "1"
    with pytest.raises(CallEnded):
        await wire.tones.take()


async def test_no_tone_within_the_limit_is_none() -> None:
    wire = Wire()
    taking = asyncio.create_task(wire.tones.take(5))
    await wire.clock.advance(4)
    assert not taking.done()
    await wire.clock.advance(1)
    assert await taking is None


async def test_two_who_wait_get_a_tone_each() -> None:
    wire = Wire()
    both = [asyncio.create_task(wire.tones.take(10)) for _ in range(2)]
    await wire.clock.advance(1)
    wire.press(1)
    await wire.clock.advance(1)
    assert [one.done() for one in both].count(True) == 1
    wire.press(2)
    await wire.clock.advance(1)
    assert {one.key for task in both if (one := await task)} == {"0", "1"}


async def test_the_pause_between_two_tones_counts_from_the_last_one() -> None:
    wire = Wire()
    gathering = asyncio.create_task(gather_once(wire.tones, GatherRules(inter_tone_timeout=3)))
    for number in range(1, 5):
        await wire.clock.advance(2.9)
        wire.press(number)
    await wire.clock.advance(3)
    digits = await gathering
    assert (digits, digits.reason) == ("0123", GatherEnd.INTER_TONE_TIMEOUT)


def test_digits_are_a_string_that_can_be_copied_with_what_it_knows() -> None:
    digits = Digits("12", GatherEnd.TERMINATOR, complete=False, terminator="#", tries=3)
    again = copy.deepcopy(digits)
    assert again == digits == "12"
    assert (again.reason, again.complete, again.terminator, again.tries) == ("terminator", False, "#", 3)
