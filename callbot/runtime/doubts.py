"""Doubt about calls: a callback came that nobody could read, and it may have been about any of them."""

import asyncio
from collections.abc import Callable

from callbot.clock import Clock
from callbot.registry import Registry
from callbot.runtime.eager import start
from callbot.runtime.mailboxes import Mailboxes, Seen
from callbot.state import Doubted
from callbot.webhook import Caller

AT_ONCE = 100
"""Calls that are dealt with in one turn of the loop: callbacks are answered in between."""

_PAUSE = 1.0  # seconds between two rounds through the calls of a tenant

_Who = tuple[str, str]  # bot, tenant
_Chains = set[str | None]  # of calls; None for all of them


class Doubts:
    """Has the calls read again that an unreadable callback may have been about."""

    def __init__(
        self, registry: Registry, mailboxes: Mailboxes, clock: Clock, *, is_open: Callable[[], bool]
    ) -> None:
        self._registry = registry
        self._mailboxes = mailboxes
        self._clock = clock
        self._is_open = is_open
        self._later: dict[_Who, _Chains] = {}  # what is doubted since the last round, which was just now
        self._rounds: set[asyncio.Task[None]] = set()

    def doubt(self, caller: Caller, chain_id: str | None) -> None:
        """Doubt the calls of a chain, or all of the caller's.

        That may be every call there is. So what comes within a second is dealt with at its end, at once.
        """
        who = (caller.app_id, caller.tenant_id)
        if who in self._later:
            self._later[who].add(chain_id)
        else:
            self._begin(who, {chain_id})

    def _begin(self, who: _Who, chains: _Chains) -> None:
        self._later[who] = set()
        self._clock.call_later(_PAUSE, lambda: self._go_on(who))
        task = start(self._round(who, chains))
        if task is not None:
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    def _go_on(self, who: _Who) -> None:
        chains = self._later.pop(who)
        if chains and self._is_open():
            self._begin(who, chains)

    async def _round(self, who: _Who, chains: _Chains) -> None:
        posted = 0
        for record in self._registry.live():
            if not record.belongs_to(*who):
                continue
            chain = record.resource.get("callChainId")
            if None not in chains and chain is not None and chain not in chains:
                continue
            doubted = Doubted(self._clock.time(), "unreadable callback")
            self._mailboxes.post(record.key, Seen(doubted, counts=False))
            posted += 1
            if posted % AT_ONCE == 0:
                await asyncio.sleep(0)
