"""Calls that come in while the bot drains: turned away, sent elsewhere, or kept for the next process.

Somebody has to answer a call within 15 seconds, and a caller who hears it ring that long is worse off than
one who hears that nobody is free. So a call that is kept makes the drain short (`Drain.hand_over_soon`: 5 s
for handlers, 2 s for those that are cancelled), the next process asks for the calls four times a second, and
when all that was not enough the call is turned away after all, in time.

https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

from callbot.clock import Clock, Timer, timeout
from callbot.errors import CallbotError
from callbot.graph import GraphClient
from callbot.log import NOTHING, about, cause, get_logger
from callbot.model import RejectReason
from callbot.runtime.asking import announces
from callbot.settings import Settings
from callbot.state import Notified
from callbot.store import Entry, Store
from callbot.webhook import Reply

_log = get_logger(__name__)

_FINISH_WITHIN = 3.0  # seconds, for what is being turned away when the bot stops
_KEPT_FOR = 9.0  # seconds until a kept call is turned away: the platform waits 15 for an answer


@dataclass(slots=True)
class _Kept:
    """A call that waits for the next process: how it was announced, and its entries in the inbox."""

    announced: Notified
    timer: Timer
    numbers: list[int] = field(default_factory=list)


class Newcomers:
    """Deals with new incoming calls from `close_door` on.

    `knows` says whether a call key is known here, `kept` is called when a call waits for the next process to
    answer it.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store,
        graph: GraphClient,
        *,
        knows: Callable[[str], bool],
        kept: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._graph = graph
        self._knows = knows
        self._on_kept = kept
        self.door_closed = False
        self._turned_away: set[str] = set()
        self._kept: dict[str, _Kept] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()

    @property
    def _accepts(self) -> bool:
        """Whether the next process shall have them; it can only where it finds them."""
        return self._settings.drain_incoming == "accept" and self._store.shared

    def close_door(self) -> None:
        """The bot drains: from now on no new call is for this process."""
        self.door_closed = True

    def admit(self, seen: Sequence[Notified]) -> tuple[Sequence[Notified], Reply | None]:
        """Return which notifications of a callback are taken here, and the redirection of the others.

        Once the door is closed.
        """
        staying: list[Notified] = []
        elsewhere: Reply | None = None
        for one in seen:
            if (one.path.key or "") in self._turned_away:
                continue  # what else is said of it
            if self._accepts or not self._is_new(one):
                staying.append(one)
            elif self._settings.drain_incoming.startswith("https:"):
                self.counts["redirected"] += 1
                elsewhere = Reply(307, {"Location": self._settings.drain_incoming})
            else:
                self._turn_away(one)
        return staying, elsewhere

    def keeps(self, entry: Entry) -> bool:
        """Whether an entry of the inbox is not for this process any more.

        It is of a new call that is kept for the next process, or that another process has accepted: it may
        have been waiting to look after the calls. Once the door is closed.
        """
        key = entry.notified.path.key or ""
        if key in self._turned_away:
            self._soon(entry.notified, self._store.discard([entry.number]))
            return True
        if key not in self._kept:
            if not self._store.shared or not self._is_new(entry.notified):
                return False
            timer = self._clock.call_later(_KEPT_FOR, lambda: self._give_up(key))
            self._kept[key] = _Kept(entry.notified, timer)
            self.counts["kept"] += 1
            if self._accepts:
                self._on_kept()
        self._kept[key].numbers.append(entry.number)
        return True

    async def close(self) -> None:
        """Leave what is kept to the next process, and finish what was begun, within a time."""
        for kept in self._kept.values():
            kept.timer.cancel()
        if self._kept:
            _log.info("new calls are kept for the next process", calls=len(self._kept))
            self._kept.clear()
        try:
            async with timeout(self._clock, _FINISH_WITHIN):
                await asyncio.gather(*self._tasks)
        except TimeoutError:
            _log.warning("new calls could not be turned away in time")

    def _is_new(self, one: Notified) -> bool:
        return announces(one.change_type, one.path, one.data) and not self._knows(one.path.key or "")

    def _give_up(self, key: str) -> None:
        """Turn a kept call away: the next process would come too late."""
        kept = self._kept.pop(key)
        with about(NOTHING):  # the timer was set in the course of some callback
            self._turn_away(kept.announced)
            self._soon(kept.announced, self._store.discard(kept.numbers))

    def _turn_away(self, one: Notified) -> None:
        self.counts["turned away"] += 1
        self._turned_away.add(one.path.key or "")
        self._soon(one, self._reject(one))

    async def _reject(self, one: Notified) -> None:
        await self._graph.reject(
            one.call_id,
            tenant=one.tenant_id,
            reason=RejectReason.BUSY,
            callback_uri=self._settings.callback_url,
        )
        _log.info("new call was turned away, the bot drains")

    def _soon(self, one: Notified, work: Coroutine[object, object, None]) -> None:
        async def doing() -> None:
            try:
                await work
            except CallbotError as error:  # the caller has hung up, or it rings until the platform gives up
                _log.warning("new call could not be turned away", error=type(error).__name__)

        with about((one.call_id, one.tenant_id, one.app_id, None, None, one.data, cause())):
            task = asyncio.create_task(doing())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
