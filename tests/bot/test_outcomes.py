"""How a verb's outcome is recognised, looked for and given up."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot import CallEnded, CommsOperation, OperationFinished, Tone, Unavailable, WaitTimeout
from callbot.bot.line import Waiter, Waiters
from callbot.bot.line.begun import Begun
from callbot.bot.line.outcome import Patience, wait_for
from callbot.model import ToneName
from callbot.testing import ManualClock

ID = "5B0E9A52-4a0e-4f8c-9e0e-7c5f3e1d2a99"
SAME_ID = "5b0e9a524a0e4f8c9e0e7c5f3e1d2a99"
TONE = Tone("c", 1, ToneName.TONE1, 0.0)


def operation(identifier: str | None, context: str | None, status: str = "completed") -> CommsOperation:
    return CommsOperation.view({"id": identifier, "clientContext": context, "status": status})


def finished(identifier: str | None, context: str | None) -> OperationFinished:
    return OperationFinished("c", operation(identifier, context), 0.0)


# -- recognising ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", [None, SAME_ID, "another"])
def test_an_operation_is_recognised_by_its_context(identifier: str | None) -> None:
    begun = Begun()
    begun.answered(operation(ID, begun.context, "running"))
    assert begun.is_ended_by(finished(identifier, begun.context))


@pytest.mark.parametrize("context", [None, "another"])
def test_an_operation_is_recognised_by_its_id_in_any_spelling(context: str | None) -> None:
    begun = Begun()
    assert begun.answered(operation(ID, None, "running")) is None
    assert begun.is_ended_by(finished(SAME_ID, context))
    assert not begun.is_ended_by(finished("another", context))


@given(st.lists(st.sampled_from(["other", None, SAME_ID]), max_size=5))
def test_an_end_that_is_faster_than_the_answer_is_found_when_the_id_is_known(early: list[str | None]) -> None:
    begun = Begun()
    for identifier in early:
        assert not begun.is_ended_by(finished(identifier, None))
    found = begun.answered(operation(ID, None, "running"))
    assert (found is not None) == (SAME_ID in early)


def test_what_the_answer_says_to_have_finished_has_finished() -> None:
    begun = Begun()
    assert begun.answered(operation(ID, begun.context, "failed")) is not None


def test_two_operations_that_graph_gives_no_id_are_told_apart_by_their_context() -> None:
    first, second = Begun(), Begun()
    end = finished(None, second.context)
    assert not first.is_ended_by(end)
    assert second.is_ended_by(end)


# -- waiting -------------------------------------------------------------------------------------------------


class Looks:
    """Looks that find nothing until the given one; some fail."""

    def __init__(
        self, clock: ManualClock, found_at: int | None = None, failing: tuple[int, ...] = ()
    ) -> None:
        self.times: list[float] = []
        self._clock = clock
        self._found_at = found_at
        self._failing = failing

    async def look(self) -> Tone | None:
        self.times.append(self._clock.monotonic())
        if len(self.times) in self._failing:
            raise Unavailable("Graph is down", verb="get_operation")
        return TONE if len(self.times) == self._found_at else None


def wait(waiter: Waiter[Tone], looks: Looks, clock: ManualClock, limit: float = 1000.0) -> asyncio.Task[Tone]:
    patience = Patience(limit, 15.0, looks.look)
    return asyncio.create_task(wait_for(waiter, patience, clock, call_id="c", what="play"))


def tone_waiter(waiters: Waiters) -> Waiter[Tone]:
    return waiters.expect(Tone, lambda _: True)


async def test_what_is_told_is_returned_without_a_look() -> None:
    clock, waiters = ManualClock(), Waiters("c")
    looks = Looks(clock)
    with tone_waiter(waiters) as waiter:
        waiting = wait(waiter, looks, clock)
        await clock.advance(14.9)
        waiters.tell([TONE])
        assert await waiting is TONE
    assert looks.times == []


async def test_looks_become_rarer_and_a_failed_one_is_tried_again() -> None:
    clock, waiters = ManualClock(), Waiters("c")
    looks = Looks(clock, found_at=6, failing=(2, 3))
    with tone_waiter(waiters) as waiter:
        waiting = wait(waiter, looks, clock)
        await clock.advance(1000)
        assert await waiting is TONE
    assert looks.times == [15, 45, 105, 225, 345, 465]


async def test_after_the_limit_the_wait_is_given_up_with_what_was_waited_for() -> None:
    clock, waiters = ManualClock(), Waiters("c")
    looks = Looks(clock)
    with tone_waiter(waiters) as waiter:
        waiting = wait(waiter, looks, clock, limit=50.0)
        await clock.advance(49)
        assert not waiting.done()
        await clock.advance(1)
        with pytest.raises(WaitTimeout, match=r"call c: play has no outcome after 50 s") as given_up:
            await waiting
    assert isinstance(given_up.value, TimeoutError)
    assert (given_up.value.what, given_up.value.limit) == ("play", 50.0)


async def test_the_end_of_the_call_ends_every_wait_with_the_reason() -> None:
    clock, waiters = ManualClock(), Waiters("c")
    with tone_waiter(waiters) as first, tone_waiter(waiters) as second:
        waits = [wait(first, Looks(clock), clock), wait(second, Looks(clock), clock)]
        await clock.advance(1)
        waiters.end("The other participant left.")
        for one in waits:
            with pytest.raises(CallEnded, match="call c has ended: The other participant left"):
                await one


async def test_a_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    clock, waiters = ManualClock(), Waiters("c")

    async def verb() -> Any:
        with tone_waiter(waiters) as waiter:
            await wait(waiter, Looks(clock), clock)

    task = asyncio.create_task(verb())
    await clock.advance(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not waiters._waiting
    waiters.tell([TONE])
    waiters.end(None)
