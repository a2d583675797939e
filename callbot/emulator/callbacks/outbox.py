"""The order of callbacks: those of one call go out one after the other, calls side by side."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine

from callbot.emulator.callbacks.callback import Callback
from callbot.emulator.callbacks.delivery import Delivery

Spawn = Callable[[Coroutine[object, object, None]], object]


class Outbox:
    """Queues callbacks per call; a call without waiting callbacks costs nothing.

    `hold` keeps the callbacks of a call back until `release`: the answer to a request is written before
    the notifications it causes are sent.
    """

    def __init__(self, delivery: Delivery, spawn: Spawn) -> None:
        self._delivery = delivery
        self._spawn = spawn
        self._queues: dict[str, deque[Callback]] = {}
        self._working: set[str] = set()
        self._held: dict[str, int] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._idle: asyncio.Event = asyncio.Event()
        self._idle.set()

    def post(self, callback: Callback) -> None:
        """Queue a callback behind the others of its call."""
        self._queues.setdefault(callback.call_id, deque()).append(callback)
        self._wake(callback.call_id)

    def hold(self, call_id: str) -> None:
        """Send nothing for a call until it is released as often as it was held."""
        self._held[call_id] = self._held.get(call_id, 0) + 1

    def release(self, call_id: str) -> None:
        """Undo one `hold`."""
        count = self._held.get(call_id, 0) - 1
        if count > 0:
            self._held[call_id] = count
            return
        self._held.pop(call_id, None)
        self._wake(call_id)

    async def idle(self) -> None:
        """Wait until every callback that can be sent has been answered, has failed or is lost."""
        await self._idle.wait()
        await self._delivery.idle()

    async def idle_for(self, call_id: str) -> None:
        """Wait until nothing waits or is under way for one call."""
        while call_id in self._working or self._queues.get(call_id):
            done = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(call_id, []).append(done)
            await done

    def clear(self) -> None:
        """Forget what waits; callbacks on their way stay on their way."""
        self._queues.clear()
        self._held.clear()

    def _wake(self, call_id: str) -> None:
        if call_id in self._held or call_id in self._working or not self._queues.get(call_id):
            return
        self._working.add(call_id)
        self._idle.clear()
        self._spawn(self._work(call_id))

    async def _work(self, call_id: str) -> None:
        try:
            while call_id not in self._held and (queue := self._queues.get(call_id)):
                await self._delivery.deliver(queue.popleft(), queue)
        finally:
            self._working.discard(call_id)
            for done in self._waiting.pop(call_id, ()):
                if not done.done():
                    done.set_result(None)
            if not self._queues.get(call_id):
                self._queues.pop(call_id, None)
            if not self._working:
                self._idle.set()
