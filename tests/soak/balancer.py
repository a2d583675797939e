"""What stands before two processes while one replaces the other: it passes connections on, byte for byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_CHUNK = 65536


class Balancer:
    """Gives the processes that listen their connections in turn. `given` says how many each port had."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.given: dict[int, int] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Listen on `port` while the block runs."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            behind = await self._behind()
            if behind is not None:
                await asyncio.gather(_pass(reader, behind[1]), _pass(behind[0], writer))
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _behind(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Connect to the next process in turn that listens."""
        for _ in range(len(self.ports)):
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
            with suppress(OSError):
                streams = await asyncio.open_connection("127.0.0.1", port)
                self.given[port] = self.given.get(port, 0) + 1
                return streams
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError):
        writer.close()
