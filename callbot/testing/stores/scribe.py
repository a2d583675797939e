"""A process that writes into a store and says what was acknowledged, to be killed in the middle of it.

`python -m callbot.testing.stores.scribe OPENER URL ROUND`. Each line on its output is a JSON object that was
written after the store had acknowledged what it says, and before the next write of the same writer.
"""

import asyncio
import json
import os
import sys

from callbot.store import Store
from callbot.testing.stores.base import notified, opener_named, put, record

WRITERS = 8


def say(**what: object) -> None:
    """Write a line with one system call, so that a kill leaves it whole or leaves it out."""
    os.write(1, json.dumps(what).encode() + b"\n")


async def write(store: Store, writer: str) -> None:
    """Accept callbacks of one to three notifications, and fold each into the record of one call."""
    known = await store.get(writer) or record(writer)
    taken: list[object] = []
    for turn in range(1_000_000):
        parts = turn % 3 + 1
        callback = [notified(part, callback=f"{writer} {turn}", parts=parts) for part in range(parts)]
        entries = [entry.number for entry in await store.accept(callback)]
        say(accepted=entries)
        taken += entries
        known = await put(store, known._replace(resource={"taken": list(taken)}), taken=entries)
        say(key=writer, version=known.version)


async def main(opener: str, url: str, turn: str) -> None:
    """Write until killed."""
    store = opener_named(opener)(url, None)
    await store.open()
    async with asyncio.TaskGroup() as tasks:
        for number in range(WRITERS):
            tasks.create_task(write(store, f"{turn} {number}"))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
