"""Where a handler stands: the line of its own code at which it waits, and what for.

A task that waits shows only its outermost frame; what it awaits has to be followed from there.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

_CALLBOT = str(Path(__file__).parents[1])
_PYTHON = str(Path(asyncio.__file__).parents[1])
_INSTALLED = tuple({str(Path(folder)) for folder in sys.path if folder.endswith("site-packages")})


class Standing(NamedTuple):
    """`where` is "file:line" in the handler's own code, `waits_for` what it has called there."""

    where: str | None
    waits_for: str | None


def where_it_stands(task: asyncio.Task[None]) -> Standing:
    """Return where a task that runs a handler waits; None for what cannot be told."""
    where = waits_for = None
    for frame in _frames(task.get_coro()):
        code = frame.f_code
        if is_own(code.co_filename):
            where, waits_for = f"{code.co_filename}:{frame.f_lineno}", None
        elif where is not None and waits_for is None:
            waits_for = code.co_qualname
    return Standing(where, waits_for)


def _frames(awaited: object) -> Iterator[FrameType]:
    """Follow what awaits what, from the outermost frame to the innermost."""
    while awaited is not None:
        for kind in ("cr", "ag", "gi"):
            frame = getattr(awaited, f"{kind}_frame", None)
            if frame is not None:
                yield frame
                awaited = getattr(awaited, f"{kind}_yieldfrom" if kind == "gi" else f"{kind}_await", None)
                break
        else:
            return


def is_own(file: str) -> bool:
    """Whether a file is neither of callbot, nor of Python, nor of what is installed."""
    return not file.startswith((_CALLBOT, _PYTHON, *_INSTALLED, "<"))
