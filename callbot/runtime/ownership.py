"""The right to look after the calls of a store: one process at a time has it.

Every process accepts callbacks into the store's inbox; the one that holds the lease folds them and runs
handlers. Another takes over when it gives the lease back, after its drain, or when it dies.
"""

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable

from callbot.clock import Clock, sleep
from callbot.errors import StoreError
from callbot.log import get_logger
from callbot.runtime.store_health import StoreHealth
from callbot.store import Lease, Store

_log = get_logger(__name__)

_NAME = "calls"
_TURN = 1.0  # seconds between renewals
_ATTEMPT = 0.25  # seconds between attempts: a call may ring that waits for the process that comes next
_LENGTH = 4.0  # seconds; what a takeover from a killed process waits at most
_CALLBACK = 16 * 1024  # bytes; what a large one has


class Ownership:
    """Acquires and renews the lease on all calls of a store.

    `gained` is called once the lease is held, `lost` when another process has taken it over, `each_turn`
    from time to time while it is held.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        gained: Callable[[Lease], Awaitable[None]],
        lost: Callable[[], Awaitable[None]],
        each_turn: Callable[[], Awaitable[None]],
        health: StoreHealth | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._gained = gained
        self._lost = lost
        self._each_turn = each_turn
        self._health = health or StoreHealth()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4()}"
        self._lease: Lease | None = None
        self._task: asyncio.Task[None] | None = None
        self._held = asyncio.Event()
        self._lost_for_good = False

    @property
    def lost(self) -> bool:
        """Whether another process has taken over: this one will never look after calls again."""
        return self._lost_for_good

    @property
    def held(self) -> bool:
        """Whether this process looks after the calls."""
        return self._held.is_set()

    async def until_held(self) -> None:
        """Return once this process looks after the calls."""
        await self._held.wait()

    async def start(self) -> None:
        """Acquire the lease, at once when it is free, else as soon as it is."""
        await self._try()
        if not self._store.shared:
            return
        if not self.held:
            _log.warning("another process looks after the calls in this store, waiting for it to stop")
        self._task = asyncio.create_task(self._hold(), name="lease on the calls")

    async def stop(self) -> None:
        """Give the lease back, for the next process to have at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._lease is not None and self.held:
            await self._store.release([self._lease])
        self._held.clear()

    async def _hold(self) -> None:
        while True:
            await sleep(self._clock, _TURN if self.held else _ATTEMPT)
            try:
                if not self.held:
                    await self._try()
                elif not await self._renewed():
                    return
                if self._health.down:
                    await self._write_something()
            except StoreError as error:
                self._health.failed("lease")
                _log.error("lease on the calls could not be renewed", error=str(error))

    async def _try(self) -> None:
        self._lease = await self._store.acquire(_NAME, self._holder, _LENGTH)
        if self._lease is not None:
            await self._gained(self._lease)
            self._held.set()

    async def _write_something(self) -> None:
        """See whether a store that was down takes a callback again: to renew a lease needs no room."""
        name = f"attempt of {self._holder} ".ljust(_CALLBACK, ".")
        try:
            lease = await self._store.acquire(name, self._holder, _TURN)
            await self._store.release([lease] if lease is not None else [])
        except StoreError:
            return  # what failed before this is in the log
        self._health.works()
        _log.info("store keeps what is written again")

    async def _renewed(self) -> bool:
        """Renew the lease; False when it is lost for good: whoever has it now must not be disturbed."""
        if self._lease is None or not await self._store.renew([self._lease], _LENGTH):
            self._held.clear()
            self._lost_for_good = True
            _log.error(
                "another process has taken over the calls: this one only accepts callbacks from now on"
            )
            await self._lost()
            return False
        await self._each_turn()
        return True
