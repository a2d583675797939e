"""Starts callbot on a store full of live calls, and ends when each has been read again.

With `fill` it makes that store. Arguments: core, folder, port, calls, store, `fill` or `recover`.
"""

import asyncio
import time
from pathlib import Path

from bench.inside import Counting, inside
from bench.programs.speaking import pinned, run, say
from bench.stage import APP_ID, TENANTS, Stage
from bench.wire import call_document, call_id_of
from callbot.model import call_key
from callbot.runtime import Runtime
from callbot.state import Created, Read


async def fill(calls: int, store: str) -> None:
    """Store so many established calls as a process leaves them: read before, and their handlers finished."""
    async with inside(Counting(), store=store) as bot:
        runtime = bot.runtime
        async with asyncio.TaskGroup() as group:
            for number in range(calls):
                call_id = call_id_of(number, 1)
                group.create_task(_left(runtime, call_id))
    say({"stored": calls})


async def _left(runtime: Runtime, call_id: str) -> None:
    now, document = runtime.clock.time(), call_document(call_id)
    await runtime.observe(call_key(call_id), Created(now, APP_ID, TENANTS[0], call_id, document))
    await runtime.observe(call_key(call_id), Read(now, now, document))


async def recover(calls: int, settings_of: Stage, store: str) -> None:
    """Start, wait until every call was read and folded, and say how long it took.

    The budget of reads, which would make it 100 a second, is out of the way.
    """
    settings = settings_of.settings(store=store, read_rate=1_000_000.0)
    runtime = Runtime(Counting(), settings)
    began, used = time.monotonic(), time.process_time()
    await runtime.start()
    loaded = time.monotonic() - began
    while sum(runtime.registry.counts.values()) < calls or not runtime.idle:  # noqa: ASYNC110 - seen from outside
        await asyncio.sleep(0.01)
    took, cpu = time.monotonic() - began, time.process_time() - used
    reads = sum(runtime.caretaker.reads.values())
    await runtime.stop()
    say({"seconds": took, "cpu": cpu, "loaded": loaded, "read": reads})


async def main() -> None:
    """Do what is asked for."""
    if what == "fill":
        await fill(int(calls), store)
    else:
        await recover(int(calls), Stage(Path(folder), int(port)), store)


if __name__ == "__main__":
    folder, port, calls, store, what = pinned()
    run(main)
