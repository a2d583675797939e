"""Doing work at once, and making a task of it only where it has to wait.

Most work never waits: a store in memory answers at once. A task, and the turn of the loop until it begins,
would cost more than the work. `asyncio` has had this since Python 3.12; this is for all versions, and makes
no task at all where none is needed.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any


def start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run `work` until it waits, and return the task in which it goes on; None when it is done.

    What it raises before it waits is raised here. Until then it runs in the task of the caller, so it must
    not ask which task it is in: no `asyncio.timeout` before the first wait.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    task = asyncio.create_task(_go_on(work, waits_for))
    task.add_done_callback(lambda _: work.close())  # a task that was cancelled before it began
    return task


async def _go_on(work: Coroutine[Any, Any, None], waits_for: object) -> None:
    await _rest(work, waits_for)


@coroutine
def _rest(work: Coroutine[Any, Any, None], waits_for: object) -> Generator[object, Any, None]:
    while True:
        go_on: Callable[[], object]
        try:
            answer = yield waits_for
        except BaseException as error:  # noqa: BLE001 - a cancellation too is for the work to see
            go_on = partial(work.throw, error)
        else:
            go_on = partial(work.send, answer)
        try:
            waits_for = go_on()
        except StopIteration:
            return
