"""Whether the service keeps its memory flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

WARM_UP = 30.0
"""Seconds of a process in which its memory may grow: caches fill, and every kind of call comes by."""

ALLOWED_GROWTH = 0.10
"""The share by which the memory of a process may grow after that, whatever number of calls comes and goes."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of a process of the service, in MiB, so many seconds after it was ready."""

    pid: int
    age: float
    mib: float


def summary(samples: Sequence[Memory]) -> dict[str, object]:
    """Return the memory at start, middle and end of a soak, and its growth in the longest life.

    `start` is that of the first process once it was warm. `growth` is None when no process lived long enough.
    """
    if not samples:
        return {"start": None, "middle": None, "end": None, "growth": None, "lives": []}
    lives = [list(life) for _, life in groupby(samples, key=lambda one: one.pid)]
    return {
        "start": _warm(lives[0]),
        "middle": samples[len(samples) // 2].mib,
        "end": samples[-1].mib,
        "growth": growth(samples),
        "lives": [
            {"seconds": round(life[-1].age), "warm": _warm(life), "end": life[-1].mib} for life in lives
        ],
    }


def _warm(life: Sequence[Memory]) -> float:
    return next((one for one in life if one.age >= WARM_UP), life[-1]).mib


def growth(samples: Sequence[Memory]) -> float | None:
    """Return the share by which the memory of the longest life grew after it was warm."""
    oldest = max(samples, key=lambda one: one.age)
    life = [one for one in samples if one.pid == oldest.pid and one.age >= WARM_UP]
    return round(life[-1].mib / life[0].mib - 1.0, 3) if len(life) > WARM_UP else None


def is_flat(found: object) -> bool:
    """Whether the growth in a summary is within what is allowed."""
    grown = found.get("growth") if isinstance(found, dict) else None
    return grown is None or (isinstance(grown, float) and grown <= ALLOWED_GROWTH)
