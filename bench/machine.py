"""The machine the bench runs on: which core does what, and how much memory is left."""

import os
import platform
from pathlib import Path

_USABLE = sorted(os.sched_getaffinity(0))  # asked before `pin`: afterwards there seems to be one core only


def cores() -> tuple[int, int]:
    """Return the core of what is measured and the core of the other side; the same where there is one."""
    return _USABLE[0], _USABLE[-1]


def pin(core: int) -> None:
    """Keep this process and its threads on one core."""
    os.sched_setaffinity(0, {core})


def available_bytes() -> int:
    """Return how much memory can be used without swapping."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def resident_bytes() -> int:
    """Return the memory this process has in RAM."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def description() -> str:
    """Return what a reader of the numbers has to know of the machine."""
    one, other = cores()
    where = (
        "measured side and load on one core" if one == other else f"core {one} measured, core {other} load"
    )
    load = os.getloadavg()[0]
    return f"Python {platform.python_version()}, {os.cpu_count()} cores ({where}), load at start {load:.1f}"
