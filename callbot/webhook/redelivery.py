"""Remembers which callbacks have been taken over, so that one delivered twice is handed over once.

The platform documents nothing about redelivery; its message id is the natural mark. Contents are compared
too: should an id ever come twice with different contents, neither is lost.
"""

import asyncio

from callbot.clock import Clock
from callbot.webhook.callback import Reply

REMEMBERED_SECONDS = 600.0
"""How long a callback is remembered at least, unless there are too many."""

MAX_REMEMBERED = 20_000
"""Callbacks of one bot in one generation; two generations are kept."""


def delivery_key(tenant_id: str, message_id: str, body: bytes) -> int:
    """Return what a callback is remembered by: a hash, because there are many and each is kept for minutes.

    Two callbacks of 40,000 have the same one once in a thousand million runs of a process.
    """
    return hash((tenant_id, message_id, body))


class RedeliveryMemory:
    """The answers given to one bot's recent callbacks.

    Two generations stand in for a time stamp on each entry: when the young one is old or full, it takes
    the place of the old one, which is dropped.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._young: dict[int, Reply] = {}
        self._old: dict[int, Reply] = {}
        self._since = clock.monotonic()
        self._under_way: dict[int, asyncio.Event | None] = {}

    async def begin(self, key: int) -> Reply | None:
        """Return what this callback was answered before, or None to have it handed over and then `end` it.

        Of the same callback twice at the same time the second waits: the first may yet fail.
        """
        while key in self._under_way:
            ended = self._under_way[key] = self._under_way[key] or asyncio.Event()
            await ended.wait()
        self._turn()
        answer = self._young.get(key) or self._old.get(key)
        if answer is None:
            self._under_way[key] = None
        return answer

    def end(self, key: int, reply: Reply | None) -> None:
        """Keep the answer; None if the callback was not taken over, so that it can come again."""
        ended = self._under_way.pop(key)
        if ended is not None:
            ended.set()
        if reply is not None:
            if len(self._young) >= MAX_REMEMBERED:
                self._age()
            self._young[key] = reply

    def _turn(self) -> None:
        elapsed = self._clock.monotonic() - self._since
        if elapsed >= REMEMBERED_SECONDS:
            self._age()
            if elapsed >= 2 * REMEMBERED_SECONDS:
                self._old = {}

    def _age(self) -> None:
        self._old, self._young = self._young, {}
        self._since = self._clock.monotonic()
