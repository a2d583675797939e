"""Reads every call of a list once with a bare client loop, and ends. Arguments: core, folder, port, calls."""

import asyncio
import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from bench.programs.speaking import pinned, run, say
from bench.stage import Stage
from bench.wire import call_id_of

AT_A_TIME = 32


async def main() -> None:
    """Read them all, so many at a time, and say how long it took."""
    stage = Stage(Path(folder), int(port))
    headers = {"Authorization": f"Bearer {stage.tokens[0]}"}
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(stage.ca_file)))
    found = {}
    began, used = time.monotonic(), time.process_time()
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read(some: Iterator[str]) -> None:
            for call_id in some:
                url = f"{stage.root}/v1.0/communications/calls/{call_id}"
                async with session.get(url, headers=headers) as response:
                    found[call_id] = json.loads(await response.read())

        left = iter([call_id_of(number, 1) for number in range(int(calls))])
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_A_TIME):
                group.create_task(read(left))
    say({"seconds": time.monotonic() - began, "cpu": time.process_time() - used, "read": len(found)})


if __name__ == "__main__":
    folder, port, calls = pinned()
    run(main)
