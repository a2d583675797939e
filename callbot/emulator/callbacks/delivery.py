"""Takes callbacks from the outbox to the bot, and lets happen to them on the way what is fated."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace

from callbot.clock import Clock, sleep
from callbot.emulator.callbacks.callback import Answer, Callback
from callbot.emulator.callbacks.sender import CallbackSender
from callbot.emulator.callbacks.shapes import describe, envelope, items_of
from callbot.emulator.faults.plan import Fate, FaultPlan
from callbot.emulator.settings import Unsettled
from callbot.emulator.settings.faults import Fault
from callbot.log import get_logger

_log = get_logger(__name__)

LOST = Answer(None, error="lost on purpose")
Spawn = Callable[[Coroutine[object, object, None]], object]


class Delivery:
    """Delivers callbacks one by one; what comes later than the rest runs beside."""

    def __init__(
        self, sender: CallbackSender, plan: FaultPlan, unsettled: Unsettled, clock: Clock, spawn: Spawn
    ) -> None:
        self._sender = sender
        self._plan = plan
        self._unsettled = unsettled
        self._clock = clock
        self._spawn = spawn
        self._pools: dict[tuple[str, str, str], list[_Waiting]] = {}
        self._failing: set[str] = set()
        self._beside = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def idle(self) -> None:
        """Wait until nothing is under way beside the queues."""
        await self._quiet.wait()

    async def deliver(self, callback: Callback, behind: deque[Callback]) -> None:
        """Deliver a callback; `behind` are the next ones of its call, of which some may go with it."""
        fate = self._plan.for_callback(callback.call_id, describe(callback.body))
        if Fault.DROP in fate:
            self._report([callback], LOST)
        elif Fault.REORDER in fate:
            self._send_beside(callback, fate, self._amount(fate))
        else:
            if Fault.DELAY in fate:
                await sleep(self._clock, self._amount(fate))
            await self._send_now(callback, behind, fate)

    async def _send_now(self, callback: Callback, behind: deque[Callback], fate: Fate) -> None:
        together = [callback]
        if Fault.BATCH in fate:
            await sleep(self._clock, self._plan.settings.batch)
            while behind and _fit(callback, behind[0]):
                together.append(behind.popleft())
        if Fault.MIX in fate and items_of(callback.body):
            await self._mix(together, fate)
        else:
            await self._send(together, fate)
        self._echo(callback, fate)

    async def _send(self, together: list[Callback], fate: Fate) -> None:
        """Send callbacks as one, again while it fails and the settings say so; then tell how it ended."""
        callback = together[0]
        if len(together) > 1:
            items = [item for one in together for item in items_of(one.body)]
            callback = replace(callback, body=envelope(items))
        empty = Fault.EMPTY in fate
        answer = LOST
        for attempt in range(1, self._unsettled.callback_attempts + 1):
            if attempt > 1:
                await sleep(self._clock, self._unsettled.callback_retry_after)
            answer = await self._sender.send(callback, attempt=attempt, fault=fate.name, empty=empty)
            if answer.accepted or answer.moved is not None:
                break
        self._warn(callback.url, answer)
        self._report(together, answer)

    def _warn(self, url: str, answer: Answer) -> None:
        """Say that callbacks do not get through: once, until they do again."""
        if answer.accepted or answer.moved is not None:
            self._failing.discard(url)
        elif url not in self._failing:
            self._failing.add(url)
            _log.info(  # not a warning: a test that ends may leave callbacks behind
                "callback failed: is the bot running?", url=url, status=answer.status, error=answer.error
            )

    def _report(self, together: list[Callback], answer: Answer) -> None:
        for callback in together:
            if callback.on_answer is not None:
                callback.on_answer(answer)

    def _echo(self, callback: Callback, fate: Fate) -> None:
        """Send a callback again later, where that is fated."""
        silent = replace(callback, on_answer=None)
        if Fault.DUPLICATE in fate:
            self._send_beside(silent, fate, self._amount(fate))
        if Fault.RESEND in fate:
            self._send_beside(silent.anew(), fate, self._amount(fate))

    def _send_beside(self, callback: Callback, fate: Fate, seconds: float) -> None:
        async def send() -> None:
            try:
                await sleep(self._clock, seconds)
                await self._send([callback], fate)
            finally:
                self._beside -= 1
                if self._beside == 0:
                    self._quiet.set()

        self._beside += 1
        self._quiet.clear()
        self._spawn(send())

    async def _mix(self, together: list[Callback], fate: Fate) -> None:
        """Wait for callbacks of other calls to the same bot and send all of them as one."""
        callback = together[0]
        key = (callback.app.app_id, callback.tenant_id, callback.url)
        waiting = _Waiting(together, asyncio.get_running_loop().create_future())
        pool = self._pools.setdefault(key, [])
        pool.append(waiting)
        if len(pool) > 1:
            await waiting.sent
            return
        try:
            await sleep(self._clock, self._plan.settings.batch)
        finally:
            del self._pools[key]
        try:
            await self._send([one for other in pool for one in other.together], fate)
        finally:
            for other in pool:
                if not other.sent.done():
                    other.sent.set_result(None)

    def _amount(self, fate: Fate) -> float:
        return fate.dice.uniform(0, self._plan.settings.delay)


class _Waiting:
    """Callbacks that wait to be sent with those of other calls."""

    def __init__(self, together: list[Callback], sent: "asyncio.Future[None]") -> None:
        self.together = together
        self.sent = sent


def _fit(first: Callback, second: Callback) -> bool:
    """Say whether two callbacks of a call can be one."""
    return second.url == first.url and bool(items_of(second.body)) and bool(items_of(first.body))
