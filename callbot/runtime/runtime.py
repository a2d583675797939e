"""The runtime of one bot: what is seen goes in, handlers run, calls are looked after."""

import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

from callbot.bot import Call, CallBot, Dispatcher, Handled, HookTimes
from callbot.clock import Clock, SystemClock, timeout
from callbot.errors import UnfitRecord
from callbot.graph import GraphClient
from callbot.log import CONTEXT, about, get_logger
from callbot.media import PromptLibrary
from callbot.model import call_key
from callbot.registry import Observed, Registry
from callbot.runtime.asking import Asking
from callbot.runtime.caretaker import Caretaker
from callbot.runtime.context import context_of
from callbot.runtime.draining import Drain, Newcomers
from callbot.runtime.handles import Handles
from callbot.runtime.intake import Intake
from callbot.runtime.mailboxes import Expired, Finished, Item, Kept, Mailboxes, Seen
from callbot.runtime.observer import Observer
from callbot.runtime.ownership import Ownership
from callbot.runtime.placing import Placing
from callbot.runtime.store_health import StoreHealth
from callbot.settings import Settings
from callbot.state import Change, Document, Observation, Record, SetBack, Tone, Transition
from callbot.store import Lease, Store, open_store
from callbot.tracing import tracing_of

_log = get_logger(__name__)

Listener = Callable[[Handled], None]

_LAST_WRITES = 2.0  # seconds that what is being written has left when the bot stops


class Runtime:
    """Runs one bot. `start` it, give its `intake` the callbacks, `stop` it.

    `listener` is told of every transition, and of every other change the bot has a hook for, once its hook
    has finished.
    """

    def __init__(
        self,
        bot: CallBot,
        settings: Settings,
        *,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.bot = bot
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.graph = GraphClient(settings, self.clock)
        self.prompts = PromptLibrary(prompts_url(settings), _folders(bot))
        self.store_health = StoreHealth()
        self.asking = Asking(bot, self.clock, self.call)
        self._listener = listener
        self._observer: Observer | None = None
        self._accepting = False
        self._opened = AsyncExitStack()
        self._handles = Handles(self, bot.data_model)
        self._dispatcher = Dispatcher(
            bot,
            clock=self.clock,
            time_limit=settings.handler_time_limit,
            on_handled=self._handled,
            tracing=tracing_of(settings),
        )
        self._store: Store = open_store(settings.store or "memory://", self.clock, app_id=settings.app_id)
        self.ownership = Ownership(
            self._store,
            self.clock,
            gained=self._take_over,
            lost=self._lose,
            each_turn=self._look_into_inbox,
            health=self.store_health,
        )
        self.registry = Registry(self._store, self._dispatcher.wants)
        self._mailboxes = Mailboxes(
            self._work,
            clock=self.clock,
            limit=settings.max_queued,
            limit_per_call=settings.max_queued_per_call,
            behind=self._unhandled,
            health=self.store_health,
        )
        self._drain = Drain(
            settings,
            self.clock,
            registry=self.registry,
            mailboxes=self._mailboxes,
            dispatcher=self._dispatcher,
            handle=self._handles.of,
            owns=lambda: self.ownership.held,
            keeps=self._store.shared,
        )
        self.newcomers = Newcomers(
            settings,
            self.clock,
            self._store,
            self.graph,
            knows=lambda key: self.registry.get(key) is not None,
            kept=self._drain.hand_over_soon,
        )
        self._placing = Placing(self, self._handles.of, ready=self.ownership.until_held)
        self.caretaker = Caretaker(
            settings,
            self.graph,
            self.registry,
            self.clock,
            deliver=self.observe,
            forget=self._forget,
            set_back=self._clock_was_set_back,
        )
        self.intake = Intake(
            self._store,
            self._mailboxes,
            self.registry,
            self.clock,
            asking=self.asking,
            newcomers=self.newcomers,
            is_open=lambda: self._accepting,
            is_owner=lambda: self.ownership.held,
            heard=self.caretaker.heard,
            look_at=self.caretaker.look_at,
            health=self.store_health,
        )

    def watch(self, observer: Observer) -> None:
        """Have `observer` told of everything that happens in calls: before `start`, and once."""
        self._observer = observer
        self._dispatcher.on_begin = observer.began
        self.graph.watch(observer.sent)

    # -- life ----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open what is needed. Once no other process looks after the calls in the store, take them up.

        When that fails, nothing stays open.
        """
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self._store.close)
            await self._store.open()
            opened.push_async_callback(self.graph.close)
            await self.graph.open()
            opened.callback(self.bot.attach_to, None)
            self.bot.attach_to(self._placing)
            opened.callback(self._handles.abandon)
            opened.push_async_callback(self.ownership.stop)
            opened.push_async_callback(self._leave)
            await self.ownership.start()
            opened.push_async_callback(self._placing.settle)
            self._accepting = True
            self._opened = opened.pop_all()

    async def drain(self) -> None:
        """Come to rest: live calls end within `drain_calls_timeout`, handlers finish within `drain_timeout`.

        Callbacks are still taken meanwhile, but for new calls: see the setting `drain_incoming`.
        """
        self.newcomers.close_door()
        await self._drain.run()

    def hurry(self) -> None:
        """Wait for no call and no handler any longer."""
        self._drain.hurry()

    async def stop(self) -> None:
        """Drain, accept nothing more, close everything: the rest, too, when one thing cannot be closed."""
        async with self._opened:
            if not self._drain.begun:
                await self.drain()
            self._accepting = False
            await self.drain()

    @property
    def accepting(self) -> bool:
        """Whether callbacks should come here: not any more, once a drain has begun."""
        return self._accepting and not self._drain.begun

    @property
    def closed_because(self) -> str | None:
        """Why callbacks should not come here, for people; None where they should."""
        left = self._drain.seconds_left
        if left is None:
            return None if self._accepting else "the bot starts, and takes no calls yet"
        return f"the bot drains, at most {left:.0f} s are left" if self._accepting else "the bot has stopped"

    @property
    def live(self) -> int:
        """How many calls are live that this process looks after."""
        return self._drain.live

    @property
    def handlers(self) -> int:
        """How many calls have handlers that run or wait."""
        return self._dispatcher.running

    @property
    def handlers_waiting(self) -> int:
        """How many changes wait for their handlers."""
        return self._dispatcher.waiting

    @property
    def handler_times(self) -> HookTimes:
        """How long changes waited for their handlers, and how long those took."""
        return self._dispatcher.times

    @property
    def handler_failures(self) -> int:
        """How many handlers, and filters of routers, have raised."""
        return self._dispatcher.failures

    @property
    def notifications_waiting(self) -> int:
        """How many notifications and other observations wait in mailboxes."""
        return self._mailboxes.waiting

    @property
    def idle(self) -> bool:
        """Whether nothing is queued and no handler runs."""
        return self._drain.idle

    async def _take_over(self, lease: Lease) -> None:
        """Look after the calls from now on: finish what is unfinished, read every live call again.

        What may fail comes first, for it is tried again as a whole.
        """
        await self._store.expire(self.clock.time() - self.settings.tombstone_seconds)
        for record in await self.registry.load(lease):
            try:
                self._take_up(record)
            except Exception:  # noqa: BLE001 - one call must not keep the others from being taken up
                with about(record.context()):
                    _log.exception("call could not be taken up")

    async def _look_into_inbox(self) -> None:
        await self.intake.look_into_inbox()

    async def _lose(self) -> None:
        await self._leave()
        self._handles.abandon()

    async def _leave(self) -> None:
        """Look after the calls no longer."""
        await self.newcomers.close()
        await self.caretaker.close()
        await self._dispatcher.cancel()
        self._mailboxes.close()
        with suppress(TimeoutError):  # that a handler has ended is still being written
            async with timeout(self.clock, _LAST_WRITES):
                await self._mailboxes.idle()
        await self._mailboxes.cancel()

    def _take_up(self, record: Record) -> None:
        """Go on where another process stopped; the handler it may have stopped in the middle of is told."""
        with about(record.context()):
            for position, change in enumerate(record.unhandled):
                first = position == 0
                self._dispatcher.dispatch(self._handles.of(record), _again(change) if first else change)
        self.caretaker.take_up(record)
        now = self.clock.time()
        if record.seen_at > now:  # the clock was set back meanwhile, or the other's was ahead
            self._mailboxes.post(record.key, Seen(SetBack(now), counts=False))

    def call(self, key: str) -> Call | None:
        """Return the live call of a call key, None for one that is not known here."""
        record = self.registry.get(key)
        return None if record is None else self._handles.of(record)

    # -- what calls and the bot need of it -------------------------------------------------------------

    def record(self, key: str) -> Record | None:
        """Return what is known of a call."""
        return self.registry.get(key)

    async def observe(self, key: str, observation: Observation) -> None:
        """Hand an observation to the call's mailbox and wait until it is folded."""
        await self._mailboxes.done(key, Seen(observation))

    async def keep(self, key: str, data: Document) -> None:
        """Store a bot's own data with the call's record and wait until it is stored."""
        await self._mailboxes.done(key, Kept(data))

    async def refresh(self, key: str) -> None:
        """Read the call now and wait until what was read is folded."""
        await self.caretaker.refresh(key)

    # -- the way of an observation -----------------------------------------------------------------------

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
                self._dispatcher.dispatch(call, change)
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
            await self._mailboxes.done(key, Finished(handled.change, handled.data))
        except UnfitRecord:  # what the bot wants to keep; the handler has ended all the same
            await self._mailboxes.done(key, Finished(handled.change))

    def _listen(self, handled: Handled) -> None:
        if self._listener is None:
            return
        try:
            self._listener(handled)
        except Exception:  # noqa: BLE001 - who listens must not stop the handlers
            _log.exception("listener failed")

    def _clock_was_set_back(self) -> None:
        _log.warning("the clock was set back, calls are looked after by the new time")
        for record in self.registry.live():
            self._mailboxes.post(record.key, Seen(SetBack(self.clock.time()), counts=False))

    def _forget(self, key: str) -> None:
        self._mailboxes.post(key, Expired())


def _again(change: Change) -> Change:
    """Tell a handler that it may have run before."""
    return change._replace(redelivered=True) if isinstance(change, Transition) else change


def prompts_url(settings: Settings) -> str:
    """Return the public address of the folder where Graph finds the bot's prompts."""
    parts = urlsplit(settings.callback_url)
    return f"{parts.scheme}://{parts.netloc}/prompts"


def _folders(bot: CallBot) -> list[Path]:
    """Where prompts named by a relative path are looked for: beside the bot's module, then here."""
    module = sys.modules.get(type(bot).__module__)
    beside = [Path(module.__file__).parent] if module is not None and module.__file__ else []
    return [*beside, Path.cwd()]
