"""How much a callback, a read and an import do, counted and not timed: the same on every machine.

`make check` compares these numbers with recorded ones (`tests/performance/bounds.toml`).
`python -m bench.guard` prints what they are now, in the words of that file: put them there when a change is
meant to be one.
"""

import asyncio
import gc
import logging
import sys
import tracemalloc
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import click

from bench.inside import Counting, Inside, Prepared, inside
from bench.program import ROOT
from bench.reads import recovery, typed_get
from bench.wire import Step, audio, established, life

_WARM = 20
_CALLS = 200
_CALLS_TRACED = 20  # counting single instructions takes a while

TraceFunction = Callable[[FrameType, str, Any], Any]  # as `sys.settrace` has it


class StillClock:
    """A clock that never moves and keeps no timers, so that only callbot is counted."""

    def time(self) -> float:
        """Return the same moment, always."""
        return 1_767_225_600.0

    def monotonic(self) -> float:
        """Return the same moment, always."""
        return 0.0

    def call_later(self, _delay: float, _callback: Callable[[], object]) -> "StillClock":
        """Call nothing: its time never comes."""
        return self

    def cancel(self) -> None:
        """There is nothing to call off."""


def version() -> str:
    """Return the Python that the numbers are of: another one compiles and calls otherwise."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


async def function_calls() -> float:
    """Return how many functions are called for one callback, those of C included."""
    found = 0

    def count(_frame: FrameType, kind: str, _argument: object) -> None:
        nonlocal found
        found += kind in {"call", "c_call"}

    async with inside(Counting(), StillClock()) as bot:
        prepared = await _warmed(bot, _CALLS)
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            await _take(bot, prepared)
        finally:
            sys.setprofile(before)
    return found / len(prepared)


async def instructions() -> float:
    """Return how many instructions of Python are executed for one callback."""
    found = 0

    def count(frame: FrameType, kind: str, _argument: object) -> TraceFunction:
        nonlocal found
        if kind == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        found += kind == "opcode"
        return count

    async with inside(Counting(), StillClock()) as bot:
        prepared = await _warmed(bot, _CALLS_TRACED)
        before = sys.gettrace()
        sys.settrace(count)
        try:
            await _take(bot, prepared)
        finally:
            sys.settrace(before)
    return found / len(prepared)


async def bytes_per_call() -> float:
    """Return how many bytes an established call needs that nothing happens to."""
    async with inside(Counting(), StillClock()) as bot:
        await _warmed(bot, 0)
        # a callback's headers stay with the platform: they are made before
        prepared = [bot.prepare(_until_audio(_WARM + number)) for number in range(_CALLS)]
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            while prepared:
                await _take(bot, prepared.pop(0))
            gc.collect()
            return (tracemalloc.get_traced_memory()[0] - before) / _CALLS
        finally:
            tracemalloc.stop()


async def instructions_of_get() -> float:
    """Return how many instructions of Python a typed GET takes, without the wire."""
    return await typed_get(StillClock())


async def instructions_of_recovery() -> float:
    """Return how many it takes to load a call, to read it and to find that nothing is new."""
    return await recovery(StillClock())


async def modules_imported() -> float:
    """Return how many modules there are in a fresh process after `import callbot`."""
    code = "import callbot, sys; print(len(sys.modules))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return float(said)


COUNTS: dict[str, Callable[[], Coroutine[None, None, float]]] = {
    "function_calls": function_calls,
    "instructions": instructions,
    "bytes_per_call": bytes_per_call,
    "instructions_of_get": instructions_of_get,
    "instructions_of_recovery": instructions_of_recovery,
    "modules_imported": modules_imported,
}


def _until_audio(number: int) -> list[Step]:
    return [*established(number, 1), audio(number, 1)]


async def _warmed(bot: Inside, calls: int) -> list[Prepared]:
    """Let everything happen once that happens only once, and return callbacks of `calls` other calls."""
    for number in range(_WARM):
        await _take(bot, bot.prepare([*life(number, 1)]))
    return bot.prepare([step for number in range(_WARM, _WARM + calls) for step in life(number, 1)])


async def _take(bot: Inside, prepared: list[Prepared]) -> None:
    for one in prepared:
        await bot.take([one])
        await bot.settled()


@click.command()
def main() -> None:
    """Print the numbers as `tests/performance/bounds.toml` has them."""
    logging.getLogger("callbot.runtime.draining").setLevel(logging.ERROR)  # its calls are left behind
    click.echo(f'["{version()}"]')
    for name, count in COUNTS.items():
        click.echo(f"{name} = {asyncio.run(count()):.0f}")


if __name__ == "__main__":
    main()
