"""From an authenticated callback to the mailboxes of its calls."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from callbot.clock import Clock
from callbot.errors import StoreError
from callbot.log import get_logger
from callbot.model import Notification, call_key
from callbot.registry import Registry
from callbot.runtime.asking import Asking
from callbot.runtime.doubts import AT_ONCE, Doubts
from callbot.runtime.draining import Newcomers
from callbot.runtime.eager import start
from callbot.runtime.mailboxes import Mailboxes, Seen
from callbot.runtime.store_health import StoreHealth
from callbot.state import Notified
from callbot.store import Entry, Store
from callbot.webhook import Callback, Caller, Full, Reply

_log = get_logger(__name__)

_STORE_RETRY = 5.0  # seconds; the platform is asked to send again what the store did not take


class Intake:
    """Takes callbacks over from the receiver: kept in the store first, then queued, then acknowledged."""

    def __init__(
        self,
        store: Store,
        mailboxes: Mailboxes,
        registry: Registry,
        clock: Clock,
        *,
        asking: Asking,
        newcomers: Newcomers,
        is_open: Callable[[], bool],
        is_owner: Callable[[], bool],
        heard: Callable[[], None],
        look_at: Callable[[str, str], None],
        health: StoreHealth | None = None,
    ) -> None:
        self._store = store
        self._mailboxes = mailboxes
        self._registry = registry
        self._asking = asking
        self._newcomers = newcomers
        self._is_open = is_open
        self._is_owner = is_owner
        self._heard = heard
        self._look_at = look_at
        self._health = health or StoreHealth()
        self._queued: set[int] = set()  # entries above `_looked_at` that are in a mailbox already
        self._looked_at = 0
        self._last = 0  # number of an entry that this process has seen or accepted
        self._in_order = asyncio.Lock()
        self._doubts = Doubts(registry, mailboxes, clock, is_open=is_open)
        self.counts: Counter[str] = Counter()

    async def look_into_inbox(self) -> None:
        """Queue what is in the inbox and not in a mailbox: left by, or accepted by, another process."""
        async with self._in_order:
            await self._look()

    async def _look(self) -> None:
        async for entry in self._store.inbox(after=self._looked_at):
            self._queue(entry)
            self._looked_at = entry.number
            self._last = max(self._last, entry.number)
        self._queued = {number for number in self._queued if number > self._looked_at}

    def _queue(self, entry: Entry) -> None:
        """Queue an entry once: a look may find it before whoever accepted it comes to queue it."""
        if entry.number <= self._looked_at or entry.number in self._queued:
            return
        if self._store.shared:
            self._queued.add(entry.number)
        if self._newcomers.door_closed and self._newcomers.keeps(entry):
            return
        notified = entry.notified
        key = notified.path.key or call_key(notified.call_id)
        self._mailboxes.post(key, Seen(notified, (entry.number,)))

    async def accept(self, callback: Callback) -> Reply | None:
        """Keep and queue what the callback notifies; return the answer that the bot itself has to it.

        Raises `Full` when not all of it can be kept.
        """
        told, asked = self._asking.parted(callback.notifications)
        elsewhere: Reply | None = None
        if self._is_open() and self._asking.may_place:
            told, elsewhere = await self._asking.place(told)
            self.counts["moved"] += elsewhere is not None
        seen = self._about_known_calls(callback, told)
        if self._is_open() and self._newcomers.door_closed:
            seen, redirected = self._newcomers.admit(seen)
            elsewhere = elsewhere or redirected
        if not self._is_open() or not self._mailboxes.has_room([one.path.key or "" for one in seen]):
            self.counts["refused"] += 1
            for refused in seen:  # nobody knows whether the platform sends it again
                self._look_at(refused.path.key or "", "refused callback")
            raise Full
        self._heard()
        try:
            await self._keep(seen)
        except StoreError as error:
            self._health.failed("callback")
            _log.error("store does not keep callbacks", error=str(error))
            raise Full(_STORE_RETRY) from error
        return elsewhere or (await self._decided(callback, asked) if asked else None)

    async def _decided(self, callback: Callback, asked: Sequence[Notification]) -> Reply | None:
        """Return the bot's decision that the callback asks for; None when it asks for none."""
        for one in asked:
            if self._may_speak_of(callback.caller, one.path.key or ""):
                return await self._asking.decide(one, callback.received_at)
        return None

    async def _keep(self, seen: Sequence[Notified]) -> None:
        """Keep, then queue; many at once in several turns of the loop."""
        entries = await self._store.accept(seen)
        if self._health.down and entries:
            self._health.works()
            _log.info("store keeps what is written again")
        self.counts["accepted"] += len(seen)
        if not self._is_owner():
            return  # whoever looks after the calls finds it
        if self._store.shared or len(entries) > AT_ONCE or self._in_order.locked():
            queueing = start(self._queue_in_order(entries))
            if queueing is not None:  # goes on when the host cancels its request
                queueing.add_done_callback(lambda done: done.cancelled() or done.exception())
                await asyncio.shield(queueing)
        else:
            for entry in entries:
                self._queue(entry)

    async def _queue_in_order(self, entries: Sequence[Entry]) -> None:
        """Queue what was accepted, after what another process has accepted before it.

        Numbers are given out one by one: one that is left out is in the inbox, from another process.
        """
        if not entries:
            return
        async with self._in_order:
            gap, self._last = entries[0].number > self._last + 1, max(self._last, entries[-1].number)
            if gap and self._store.shared:
                await self._look()
            for place, entry in enumerate(entries, 1):
                self._queue(entry)
                if place % AT_ONCE == 0:
                    await asyncio.sleep(0)

    def doubt(self, caller: Caller, chain_id: str | None) -> None:
        """Have the calls read again that a callback may have been about that nobody could read."""
        self._doubts.doubt(caller, chain_id)

    def _may_speak_of(self, caller: Caller, key: str) -> bool:
        """Whether the call, if it is known, is of the tenant and the bot that the token is for."""
        record = self._registry.get(key)
        return record is None or record.belongs_to(caller.app_id, caller.tenant_id)

    def _about_known_calls(self, callback: Callback, told: Sequence[Notification]) -> Sequence[Notified]:
        """What is notified of calls the caller may speak of; of the rest there is one complaint."""
        seen: list[Notified] = []
        nameless = foreign = 0
        for one in told:
            key = one.path.key
            if not key:
                nameless += 1
            elif self._may_speak_of(callback.caller, key):
                seen.append(_notified(callback, one))
            else:
                foreign += 1
        if nameless:
            self.counts["no call"] += nameless
            _log.warning("notification names no call", times=nameless)
            self.doubt(callback.caller, callback.chain_id)
        if foreign:
            self.counts["other tenant"] += foreign
            _log.warning("notification of a call that belongs to another tenant or bot", times=foreign)
        return seen


def _notified(callback: Callback, notification: Notification) -> Notified:
    caller, path = callback.caller, notification.path
    return Notified(
        callback.received_at,
        caller.app_id,
        caller.tenant_id,
        path.call_id or "",
        path,
        notification.change_type,
        notification.resource_data,
    )
