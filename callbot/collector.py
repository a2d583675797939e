"""Python's collector of cyclic garbage, in a process that does nothing but serve bots.

It stops everything while it looks: some 50 ms at what was there when the service began, again and again,
and most of a millisecond at what is young, several times a second under load. That is what the slowest
handler in a hundred waits for. What a callback leaves behind is hardly ever a cycle: there is next to nothing
to be found.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 20_000  # objects made and not dropped until the collector looks at them; Python's own is 700


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Let the collector look at what is new from here on, and less often, while the block runs.

    For the whole process, so it is nothing for a bot that is part of another application. A collector that
    was turned off, or down further, stays so.
    """
    before = young, *older = gc.get_threshold()
    gc.collect()
    gc.freeze()
    if young:
        gc.set_threshold(max(young, _YOUNG), *older)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
