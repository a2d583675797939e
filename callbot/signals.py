"""How a process ends: the signals that ask it to stop, and what cannot keep it from ending."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from callbot.clock import SystemClock, timeout
from callbot.log import get_logger

_log = get_logger(__name__)

T = TypeVar("T")

_LAST_MOMENT = 1.0  # seconds that tasks have which are cancelled at the very end
_STOP = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop(act: Callable[[signal.Signals], object]) -> Iterator[None]:
    """Call `act` with the signal, in the running loop, for each SIGINT and SIGTERM while the block runs.

    The event loops of Windows take no signals, and nor does one outside the main thread: there Ctrl-C does
    what it does without this, which is to cancel the main task and to raise `KeyboardInterrupt` out of
    `asyncio.run`.
    https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.add_signal_handler
    """
    loop = asyncio.get_running_loop()
    taken = []
    try:
        for number in _STOP:
            try:
                loop.add_signal_handler(number, act, number)
            except (NotImplementedError, RuntimeError):
                break
            taken.append(number)
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def run_to_the_end(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` as `asyncio.run` does, but end also when a task catches its cancellation and goes on.

    `asyncio.run` waits for such a task, which may be a handler that a bot has left behind, for ever.
    https://docs.python.org/3/library/asyncio-runner.html#asyncio.Runner
    """
    runner = asyncio.Runner()
    try:
        return runner.run(main)
    finally:
        if runner.run(_end_tasks()):
            runner.close()
        else:
            runner.get_loop().close()


async def _end_tasks() -> bool:
    """Cancel every other task; returns whether all have ended."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        with suppress(TimeoutError):
            async with timeout(SystemClock(), _LAST_MOMENT):
                await asyncio.wait(left)
    stubborn = sum(not task.done() for task in left)
    if stubborn:
        _log.error("tasks go on although they were cancelled, the process ends without them", tasks=stubborn)
    return not stubborn
