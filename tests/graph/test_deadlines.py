"""Time limits for many requests at once."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.graph.transport.deadlines import Deadlines
from callbot.testing import ManualClock


async def wait_within(deadlines: Deadlines, seconds: float, event: asyncio.Event) -> str:
    try:
        with deadlines.within(seconds):
            await event.wait()
    except TimeoutError:
        return "too late"
    return "in time"


async def test_a_block_that_ends_in_time_is_left_alone(clock: ManualClock) -> None:
    deadlines = Deadlines(clock)
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_within(deadlines, 10, event))
    await clock.advance(9.9)
    event.set()
    assert await waiting == "in time"
    await clock.advance(100)


async def test_a_limit_of_nothing_is_over_at_once(clock: ManualClock) -> None:
    waiting = asyncio.create_task(wait_within(Deadlines(clock), 0, asyncio.Event()))
    await clock.advance(0)
    assert await waiting == "too late"


async def test_being_cancelled_is_not_being_late(clock: ManualClock) -> None:
    waiting = asyncio.create_task(wait_within(Deadlines(clock), 10, asyncio.Event()))
    await clock.advance(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_being_late_does_not_undo_that_somebody_else_has_cancelled(clock: ManualClock) -> None:
    deadlines = Deadlines(clock)

    async def late_and_cancelled(task: asyncio.Task[str]) -> None:
        with deadlines.within(0):
            task.cancel()
            await asyncio.Event().wait()

    async def first() -> str:
        task: asyncio.Task[str] = asyncio.current_task()  # type: ignore[assignment]  # this one
        await late_and_cancelled(task)
        return "went on"

    waiting = asyncio.create_task(first())
    await clock.advance(0)
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_task_that_was_late_once_can_go_on(clock: ManualClock) -> None:
    deadlines = Deadlines(clock)

    async def twice() -> tuple[str, str, int]:
        first = await wait_within(deadlines, 1, asyncio.Event())
        second = await wait_within(deadlines, 1, asyncio.Event())
        return first, second, asyncio.current_task().cancelling()  # type: ignore[union-attr]  # in a task

    waiting = asyncio.create_task(twice())
    for _ in range(2):
        await clock.advance(1)
    assert await waiting == ("too late", "too late", 0)


async def test_closing_takes_the_timer_back(clock: ManualClock) -> None:
    deadlines = Deadlines(clock)
    with deadlines.within(10):
        pass
    deadlines.close()
    assert all(one.cancelled for one in clock._pending)


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0.001, 20)), max_size=12))
def test_every_limit_ends_at_its_own_moment(starts_and_limits: list[tuple[float, float]]) -> None:
    async def play() -> None:
        clock = ManualClock()
        deadlines = Deadlines(clock)
        ended: dict[int, float] = {}

        async def one(number: int, seconds: float) -> None:
            await wait_within(deadlines, seconds, asyncio.Event())
            ended[number] = clock.monotonic()

        expected = {}
        async with asyncio.TaskGroup() as group:
            for number, (start, seconds) in enumerate(sorted(starts_and_limits)):
                await clock.advance(start - clock.monotonic())
                expected[number] = clock.monotonic() + seconds
                group.create_task(one(number, seconds))
                await clock.advance(0)
            await clock.advance(100)
        assert ended == pytest.approx(expected)

    asyncio.run(play())
