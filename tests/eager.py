"""Hosts whose tasks begin at once, as with `asyncio.eager_task_factory`, which Python has from 3.12 on."""

import asyncio
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any


@contextmanager
def eager_tasks() -> Iterator[None]:
    """Let every task that is made here run within `create_task` until it waits for the first time."""
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(_eager)
    try:
        yield
    finally:
        loop.set_task_factory(before)


def _eager(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    context: Context | None = None,
) -> asyncio.Task[Any]:
    """Make a task; the first step, for which it asks the loop, is taken here and now."""
    steps: list[tuple[Callable[[], object], Context]] = []

    def keep(step: Callable[[], object], *, context: Context) -> None:
        steps.append((step, context))

    given = loop.call_soon
    loop.call_soon = keep  # type: ignore[method-assign,assignment]  # as long as the task is made
    try:
        task = asyncio.Task(work, loop=loop, context=context)
    finally:
        loop.call_soon = given  # type: ignore[method-assign]
    ((step, surroundings),) = steps
    current = asyncio.current_task(loop)
    if current is not None:
        _leave_task(loop, current)
    try:
        surroundings.run(step)
    finally:
        if current is not None:
            _enter_task(loop, current)
    return task
