"""The keys people press, for whoever waits for one."""

import asyncio
from collections.abc import Container

from callbot.clock import Clock, timeout


class Keypad:
    """Hands a pressed key to the one who waits; nobody waiting, it is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: asyncio.Future[str] | None = None

    def press(self, key: str) -> None:
        """Hear a key."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(key)

    async def wait(self, seconds: float | None, keys: Container[str] | None = None) -> str | None:
        """Return the first of `keys` (any key for None) within `seconds`, or None when there was none."""
        try:
            async with timeout(self._clock, seconds):
                while True:
                    key = await self._next()
                    if keys is None or key in keys:
                        return key
        except TimeoutError:
            return None

    async def _next(self) -> str:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            return await self._waiting
        finally:
            self._waiting = None
