"""Work that is done at once, and goes on in a task only where it waits."""

import asyncio

import pytest

from callbot.runtime.eager import start


class Work:
    """Waits for a future, and says how far it came."""

    def __init__(self) -> None:
        self.future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.steps: list[str] = []

    async def __call__(self) -> None:
        self.steps.append("began")
        try:
            self.steps.append(await self.future)
            await asyncio.sleep(0)
            self.steps.append("ended")
        except asyncio.CancelledError:
            self.steps.append("cancelled")
            raise
        finally:
            self.steps.append("left")


async def test_work_that_never_waits_needs_no_task() -> None:
    work = Work()
    work.future.set_result("went on")

    async def no_wait() -> None:
        work.steps.append(await work.future)

    assert start(no_wait()) is None
    assert work.steps == ["went on"]


async def test_work_that_waits_goes_on_in_a_task() -> None:
    work = Work()
    task = start(work())
    assert work.steps == ["began"]
    assert task is not None
    work.future.set_result("went on")
    await task
    assert work.steps == ["began", "went on", "ended", "left"]


async def test_what_is_raised_at_once_is_raised_here_and_later_in_the_task() -> None:
    async def fail(first: asyncio.Future[None] | None) -> None:
        if first is not None:
            await first
        raise KeyError

    with pytest.raises(KeyError):
        start(fail(None))
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    task = start(fail(future))
    assert task is not None
    future.set_result(None)
    with pytest.raises(KeyError):
        await task


async def test_an_error_of_what_it_waits_for_reaches_the_work() -> None:
    work = Work()
    task = start(work())
    assert task is not None
    work.future.set_exception(KeyError("lost"))
    with pytest.raises(KeyError):
        await task
    assert work.steps == ["began", "left"]


async def test_a_cancellation_reaches_the_work() -> None:
    work = Work()
    task = start(work())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.steps == ["began", "cancelled", "left"]


async def test_a_task_cancelled_before_it_begins_still_lets_the_work_clean_up() -> None:
    work = Work()
    task = start(work())
    assert task is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert work.steps == ["began", "left"]
