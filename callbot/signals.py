"""The signals that ask a process to stop, where the event loop can take them."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
