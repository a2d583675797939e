"""Accepts notifications until the file may not grow any more, and prints how many were acknowledged."""

import asyncio
import resource
import signal
import sys
from pathlib import Path

from callbot import StoreError
from callbot.store.sqlite import SqliteStore
from callbot.testing.stores.base import notified

LIMIT = 300_000  # bytes that a file may have


async def main(path: Path) -> int:
    store = SqliteStore(path)
    await store.open()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
    accepted = 0
    try:
        for number in range(1000):
            await store.accept([notified(number, bulk="x" * 2000)])
            accepted += 1
    except StoreError:
        return accepted
    finally:
        await store.close()
    raise AssertionError("the limit was not felt")


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(main(Path(sys.argv[1])))))
