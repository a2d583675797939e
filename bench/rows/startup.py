"""How long `import callbot` takes, and how long a new process takes to its first callback."""

import subprocess
import sys
import time
from collections.abc import Iterator

from bench.load import closed_loop
from bench.machine import cores
from bench.program import ROOT, Program, surroundings
from bench.result import Result, at_most, compared
from bench.rivals import Rivals
from bench.rows.callbacks import service
from bench.stage import Stage
from bench.wire import life, request

_IMPORTS = 9
_STARTS = 5
_DEPENDENCIES = "aiohttp, msal, pydantic, structlog"
_TIMED = (
    "import os, time; os.sched_setaffinity(0, {{{core}}}); began = time.perf_counter(); import {modules}; "
    "print(time.perf_counter() - began)"
)


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure each in fresh processes, in turn."""
    del rivals
    callbot: list[float] = []
    four: list[float] = []
    for number in range(_IMPORTS + 1):
        for modules, taken in ((_DEPENDENCIES, four), ("callbot", callbot)):
            seconds = _imported(modules)
            if number:  # the first warms the disk cache and writes the byte code
                taken.append(seconds * 1e3)
    yield compared("import", "ms", callbot, four, at_most(1.5), f"against import {_DEPENDENCIES}")
    ours = [_first_callback(stage, bare=False) for _ in range(_STARTS)]
    theirs = [_first_callback(stage, bare=True) for _ in range(_STARTS)]
    note = "from the start of the process to the answer, against the bare handler's process"
    yield compared("time to first callback", "ms", ours, theirs, None, note)


def _imported(modules: str) -> float:
    code = _TIMED.format(core=cores()[0], modules=modules)
    done = subprocess.run(  # noqa: S603 - our own interpreter with our own code
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return float(done.stdout)


def _first_callback(stage: Stage, *, bare: bool) -> float:
    callback = request(life(1, 1)[0], stage.tokens)
    began = time.monotonic_ns()
    program = Program("bare", "asyncio", core=cores()[0]) if bare else service(stage)
    with program:
        ran = closed_loop(program.port, [[callback]])
    return (ran.ended - began) / 1e6
