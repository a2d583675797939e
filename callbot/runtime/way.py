"""The way of an observation: into the mailbox of its call, through the fold, to the bot and the caretaker."""

from collections.abc import Callable

from callbot.bot import CallBot, Dispatcher, Handled
from callbot.clock import Clock
from callbot.errors import UnfitRecord
from callbot.graph import GraphClient
from callbot.log import CONTEXT, about, get_logger
from callbot.model import call_key
from callbot.registry import Observed, Registry
from callbot.runtime.caretaker import Caretaker
from callbot.runtime.context import context_of
from callbot.runtime.handles import Handles
from callbot.runtime.mailboxes import Expired, Finished, Item, Kept, Mailboxes, Seen
from callbot.runtime.observer import Observer
from callbot.runtime.store_health import StoreHealth
from callbot.settings import Settings
from callbot.state import Change, Document, Observation, Record, SetBack, Tone, Transition
from callbot.store import Store
from callbot.tracing import tracing_of

_log = get_logger(__name__)

Listener = Callable[[Handled], None]


class Way:
    """Brings what was seen of calls into their records, and what has changed to the bot's handlers.

    `listener` is told of every transition, and of every other change the bot has a hook for, once its hook
    has finished.
    """

    def __init__(
        self,
        bot: CallBot,
        settings: Settings,
        clock: Clock,
        store: Store,
        graph: GraphClient,
        handles: Handles,
        *,
        health: StoreHealth,
        listener: Listener | None,
    ) -> None:
        self._clock = clock
        self._handles = handles
        self._listener = listener
        self._observer: Observer | None = None
        self.dispatcher = Dispatcher(
            bot,
            clock=clock,
            time_limit=settings.handler_time_limit,
            on_handled=self._handled,
            tracing=tracing_of(settings),
        )
        self.registry = Registry(store, bot.wants)
        self.mailboxes = Mailboxes(
            self._work,
            clock=clock,
            limit=settings.max_queued,
            limit_per_call=settings.max_queued_per_call,
            behind=self._unhandled,
            health=health,
        )
        self.caretaker = Caretaker(
            settings,
            graph,
            self.registry,
            clock,
            deliver=self.observe,
            forget=self._forget,
            set_back=self._clock_was_set_back,
        )

    def watch(self, observer: Observer) -> None:
        """Have `observer` told of what comes along."""
        self._observer = observer
        self.dispatcher.on_begin = observer.began

    def take_up(self, record: Record) -> None:
        """Go on where another process stopped; the handler it may have stopped in the middle of is told."""
        if record.unhandled:
            with about(record.context()):
                for position, change in enumerate(record.unhandled):
                    first = position == 0
                    self.dispatcher.dispatch(self._handles.of(record), _again(change) if first else change)
        self.caretaker.take_up(record)
        now = self._clock.time()
        if record.seen_at > now:  # the clock was set back meanwhile, or the other's was ahead
            self.mailboxes.post(record.key, Seen(SetBack(now), counts=False))

    async def observe(self, key: str, observation: Observation) -> None:
        """Hand an observation to the call's mailbox and wait until it is folded."""
        await self.mailboxes.done(key, Seen(observation))

    async def keep(self, key: str, data: Document) -> None:
        """Store a bot's own data with the call's record and wait until it is stored."""
        await self.mailboxes.done(key, Kept(data))

    # -- what is in a mailbox --------------------------------------------------------------------------

    async def _work(self, key: str, item: Item) -> None:
        CONTEXT.set(
            item.context  # the handler's
            if isinstance(item, Finished)
            else context_of(key, self.registry.get(key), item)
        )
        match item:
            case Seen():
                observed = await self.registry.observe(key, item.observation, item.taken)
                if self._observer is not None:
                    self._observer.seen(key, item.observation, observed)
                self._tell(key, observed)
            case Finished():
                record = await self.registry.handled(key, item.change, item.data)
                if record is not None and record.ended:
                    self.caretaker.look_after(record)
            case Kept():
                await self.registry.keep(key, item.data)
            case Expired():
                await self.registry.forget(key)

    def _unhandled(self, key: str) -> int:
        record = self.registry.get(key)
        return 0 if record is None else len(record.unhandled)

    # -- who is told of it -----------------------------------------------------------------------------

    def _tell(self, key: str, observed: Observed) -> None:
        record = observed.record
        if record is None:
            return
        self._tell_bot(key, record, observed)
        if self._listener is not None:
            for change in observed.changes:
                if isinstance(change, Transition) and change not in observed.wanted:
                    self._listen(Handled(change, None))
        self.caretaker.observed(record, observed.changes)

    def _tell_bot(self, key: str, record: Record, observed: Observed) -> None:
        toned = any(isinstance(change, Tone) for change in observed.changes)
        call = self._handles.of(record) if observed.wanted or toned else self._handles.get(key)
        if call is not None:
            call.update(record, observed.changes)
            if toned:
                self._handles.keep(call)
            for change in observed.wanted:
                self.dispatcher.dispatch(call, change)
        if record.ended:
            self._handles.let_go(key)

    async def _handled(self, handled: Handled) -> None:
        """Keep that a handler has finished. The next one of the call waits for that.

        So of all handlers of a call a killed process leaves one at most that has begun: the first.
        """
        if self._listener is not None:
            self._listen(handled)
        if self._observer is not None:
            self._observer.ended(handled)
        key = call_key(handled.change.call_id)
        try:
            await self.mailboxes.done(key, Finished(handled.change, handled.data))
        except UnfitRecord:  # what the bot wants to keep; the handler has ended all the same
            await self.mailboxes.done(key, Finished(handled.change))

    def _listen(self, handled: Handled) -> None:
        if self._listener is None:
            return
        try:
            self._listener(handled)
        except Exception:  # noqa: BLE001 - who listens must not stop the handlers
            _log.exception("listener failed")

    # -- what the caretaker brings ---------------------------------------------------------------------

    def _clock_was_set_back(self) -> None:
        _log.warning("the clock was set back, calls are looked after by the new time")
        for record in self.registry.live():
            self.mailboxes.post(record.key, Seen(SetBack(self._clock.time()), counts=False))

    def _forget(self, key: str) -> None:
        self.mailboxes.post(key, Expired())


def _again(change: Change) -> Change:
    """Tell a handler that it may have run before."""
    return change._replace(redelivered=True) if isinstance(change, Transition) else change
