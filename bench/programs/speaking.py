"""How a process of the bench is spoken with: one JSON object per line, asked on stdin, answered on stdout."""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable

from bench.machine import pin

Json = dict[str, object]


def pinned() -> list[str]:
    """Pin this process to the core it was given and return its other arguments."""
    pin(int(sys.argv[1]))
    return sys.argv[2:]


def say(answer: Json) -> None:
    """Answer."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def listen(answer: Callable[[Json], Json]) -> None:
    """Answer questions until there are no more."""
    for line in sys.stdin:
        say(answer(json.loads(line)))


async def listen_async(answer: Callable[[Json], Awaitable[Json]]) -> None:
    """Answer questions until there are no more, and let the loop run meanwhile."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        say(await answer(json.loads(line)))


def run(main: Callable[[], Awaitable[None]], loop: str = "asyncio") -> None:
    """Run `main` on the loop of that name.

    A measured bot leaves its calls behind when it stops, and nobody has to be told.
    """
    logging.getLogger("callbot.runtime.draining").setLevel(logging.ERROR)

    async def begin() -> None:
        await main()

    if loop == "uvloop":
        import uvloop  # type: ignore[import-not-found]  # noqa: PLC0415 - only where the bench installed it

        uvloop.run(begin())
    else:
        asyncio.run(begin())
