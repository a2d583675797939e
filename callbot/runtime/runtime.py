"""The runtime of one bot: what is seen goes in, handlers run, calls are looked after."""

from contextlib import AsyncExitStack, suppress

from callbot.bot import Call, CallBot, HookTimes
from callbot.clock import Clock, SystemClock, timeout
from callbot.graph import GraphClient
from callbot.log import about, get_logger
from callbot.runtime.asking import Asking
from callbot.runtime.draining import Drain, Newcomers
from callbot.runtime.handles import Handles
from callbot.runtime.intake import Intake
from callbot.runtime.observer import Observer
from callbot.runtime.ownership import Ownership
from callbot.runtime.placing import Placing
from callbot.runtime.prompts import prompt_library
from callbot.runtime.store_health import StoreHealth
from callbot.runtime.way import Listener, Way
from callbot.settings import Settings
from callbot.state import Document, Observation, Record
from callbot.store import Lease, Store, open_store

_log = get_logger(__name__)

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
        self.prompts = prompt_library(bot, settings)
        self.store_health = StoreHealth()
        self.asking = Asking(bot, self.clock, self.call)
        self._accepting = False
        self._opened = AsyncExitStack()
        self._handles = Handles(self, bot.data_model)
        self._store: Store = open_store(settings.store or "memory://", self.clock, app_id=settings.app_id)
        self._way = Way(
            bot,
            settings,
            self.clock,
            self._store,
            self.graph,
            self._handles,
            health=self.store_health,
            listener=listener,
        )
        self.registry, self.caretaker = self._way.registry, self._way.caretaker
        self._dispatcher, self._mailboxes = self._way.dispatcher, self._way.mailboxes
        self.ownership = Ownership(
            self._store,
            self.clock,
            gained=self._take_over,
            lost=self._lose,
            each_turn=self._look_into_inbox,
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
        self._way.watch(observer)
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
                self._way.take_up(record)
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
        await self._way.observe(key, observation)

    async def keep(self, key: str, data: Document) -> None:
        """Store a bot's own data with the call's record and wait until it is stored."""
        await self._way.keep(key, data)

    async def refresh(self, key: str) -> None:
        """Read the call now and wait until what was read is folded."""
        await self.caretaker.refresh(key)
