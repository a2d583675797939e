"""What the clients of the row about reads have in common: reads with so many at a time, timed."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.programs.speaking import Json, listen_async, say

Get = Callable[[], Awaitable[object]]
_AT_A_TIME = 8


async def timed(get: Get, times: int) -> Json:
    """Read `times` times and return the seconds it took, and those of CPU."""
    left = iter(range(times))

    async def some() -> None:
        for _ in left:
            await get()

    began, used = time.monotonic(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_A_TIME):
            group.create_task(some())
    return {"seconds": time.monotonic() - began, "cpu": time.process_time() - used}


async def obey(get: Get) -> None:
    """Read when asked to: `{"times": 1000}`."""
    await get()
    say({"ready": 1})

    async def answer(question: Json) -> Json:
        times = question["times"]
        return await timed(get, times if isinstance(times, int) else 0)

    await listen_async(answer)
