"""The right to look after the calls of a store: one process at a time has it.

Every process accepts callbacks into the store's inbox; the one that holds the lease folds them and runs
handlers. Another takes over when it gives the lease back, after its drain, or when it dies.
"""

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress

from callbot.clock import Clock, sleep, timeout
from callbot.errors import BotStopped, StoreError
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

    `gained` is called once the lease is acquired; when it raises, the lease is given back and it is called
    again with the next one, so until it returns it must begin nothing that may not be begun twice. `lost` is
    called when another process has taken over, `each_turn` as soon as the calls are this process's and then
    from time to time.
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
        self._held = False
        self._lost_for_good = False
        self._stopped = False
        self._decided = asyncio.Event()  # whether the calls are this process's, for now or for good

    @property
    def lost(self) -> bool:
        """Whether another process has taken over: this one will never look after calls again."""
        return self._lost_for_good

    @property
    def held(self) -> bool:
        """Whether this process looks after the calls."""
        return self._held

    async def until_held(self) -> None:
        """Return once this process looks after the calls. Raises `BotStopped` when it never will."""
        await self._decided.wait()
        if not self._held:
            raise BotStopped

    async def start(self) -> None:
        """Acquire the lease, at once when it is free, else as soon as it is."""
        await self._try()
        if not self._store.shared:
            return
        if not self.held:
            _log.warning("another process looks after the calls in this store, waiting for it to stop")
        self._task = asyncio.create_task(self._hold(), name="lease on the calls")

    async def stop(self) -> None:
        """Give the lease back, for the next process to have at once. Where that fails it runs out."""
        self._stopped = True
        self._decide(held=False)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._give_back()

    async def _hold(self) -> None:
        while not self._lost_for_good:
            await sleep(self._clock, _TURN if self.held else _ATTEMPT)
            try:
                if not self.held:
                    await self._try()
                else:
                    await self._renew()
                if self._health.down:
                    await self._write_something()
            except StoreError as error:
                self._health.failed("lease")
                _log.error("lease on the calls could not be renewed", error=str(error))
            except Exception:  # noqa: BLE001 - without its task the lease would be lost unseen
                _log.exception("looking after the lease on the calls failed, going on")

    async def _try(self) -> None:
        """Acquire the lease if it is free, and take over: as a whole, or not at all."""
        self._lease = await self._store.acquire(_NAME, self._holder, _LENGTH)
        if self._lease is None:
            return
        try:
            gained = await self._gain(self._lease)
        except Exception:
            await self._give_back()  # another process may fare better
            raise
        if gained and not self._stopped:
            self._decide(held=True)
            await self._turn()

    async def _gain(self, lease: Lease) -> bool:
        """Take over what there is, which may take longer than the lease; False when it is lost meanwhile."""
        gaining = asyncio.ensure_future(self._gained(lease))
        try:
            while not gaining.done():
                with suppress(TimeoutError):
                    async with timeout(self._clock, _TURN):
                        await asyncio.wait({gaining})
                if not gaining.done() and not await self._store.renew([lease], _LENGTH):
                    _log.warning("another process was faster to take over the calls")
                    return False
            gaining.result()
            return True
        finally:
            gaining.cancel()
            await asyncio.wait({gaining})

    async def _turn(self) -> None:
        try:
            await self._each_turn()
        except StoreError as error:
            _log.error("inbox could not be read, trying again", error=str(error))

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

    async def _renew(self) -> None:
        """Renew the lease. When it is lost it is so for good: whoever has it now must not be disturbed."""
        if self._lease is not None and await self._store.renew([self._lease], _LENGTH):
            await self._turn()
            return
        self._lost_for_good = True
        self._decide(held=False)
        _log.error("another process has taken over the calls: this one only accepts callbacks from now on")
        await self._lost()

    async def _give_back(self) -> None:
        lease, self._lease = self._lease, None
        if lease is None or self._lost_for_good:
            return
        try:
            await self._store.release([lease])
        except StoreError as error:
            _log.warning("lease on the calls could not be given back, it runs out", error=str(error))

    def _decide(self, *, held: bool) -> None:
        self._held = held
        self._decided.set()
