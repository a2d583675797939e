"""Where a handler stands: the line of its own code at which it waits, and what for.

A task that waits shows only its outermost frame; what it awaits has to be followed from there.
"""

import asyncio
import gc
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import NamedTuple

_CALLBOT = str(Path(__file__).parents[2])
_PYTHON = str(Path(asyncio.__file__).parents[1])
_INSTALLED = tuple({str(Path(folder)) for folder in sys.path if folder.endswith("site-packages")})

_FOLLOWED = (AsyncGeneratorType, CoroutineType, GeneratorType, asyncio.Future)
_DEEPEST = 1_000  # frames; tasks may wait for each other in a circle


class Standing(NamedTuple):
    """`where` is "file:line" in the handler's own code, `waits_for` what it has called there."""

    where: str | None
    waits_for: str | None


def where_it_stands(task: asyncio.Task[None]) -> Standing:
    """Return where a task that runs a handler waits; None for what cannot be told."""
    where = waits_for = None
    for one in islice(_awaited(task), _DEEPEST):
        if isinstance(one, str):
            waits_for = waits_for or one
            continue
        code = one.f_code
        if is_own(code.co_filename):
            where, waits_for = f"{code.co_filename}:{one.f_lineno}", None
        elif where is not None and waits_for is None:
            waits_for = code.co_qualname
    return Standing(where, waits_for)


def _awaited(awaited: object) -> Iterator[FrameType | str]:
    """Follow what awaits what, from the outermost frame to the innermost; a future at the end by its kind."""
    while awaited is not None:
        frame, further = _frame(awaited)
        if frame is not None:
            yield frame
        elif isinstance(awaited, asyncio.Task):
            further = awaited.get_coro()
        elif isinstance(awaited, asyncio.Future):
            yield type(awaited).__name__.lstrip("_")
        else:
            # A step of an asynchronous generator, or the waiting for a future: neither has an attribute for
            # what it is of, but the garbage collector has to know.
            further = next((one for one in gc.get_referents(awaited) if isinstance(one, _FOLLOWED)), None)
        awaited = further


def _frame(awaited: object) -> tuple[FrameType | None, object]:
    """Return the frame of a coroutine or generator, and what that awaits."""
    for kind in ("cr", "ag", "gi"):
        frame = getattr(awaited, f"{kind}_frame", None)
        if frame is not None:
            return frame, getattr(awaited, f"{kind}_yieldfrom" if kind == "gi" else f"{kind}_await", None)
    return None, None


def is_own(file: str) -> bool:
    """Whether a file is neither of callbot, nor of Python, nor of what is installed."""
    return not file.startswith((_CALLBOT, _PYTHON, *_INSTALLED, "<"))
