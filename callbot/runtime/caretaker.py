"""Looking after calls that nobody hears from: reads, keep-alives, and the end of tombstones, in time."""

from collections.abc import Callable, Iterable

from callbot.clock import Clock
from callbot.graph import GraphClient
from callbot.log import get_logger
from callbot.registry import Deliver, Reconciler, Registry, Urgency, Vigilance
from callbot.runtime.timers import Timers
from callbot.settings import Settings
from callbot.state import Change, Due, DueKind, Policy, Record, Source, Transition, next_due

_log = get_logger(__name__)

_UNTOLD = (Source.READ, Source.GONE)


class Caretaker:
    """Does what is due for each call.

    `deliver` folds what was seen, `forget` drops a tombstone, `set_back` is told when the wall clock was set
    back.
    """

    def __init__(
        self,
        settings: Settings,
        graph: GraphClient,
        registry: Registry,
        clock: Clock,
        *,
        deliver: Deliver,
        forget: Callable[[str], None],
        set_back: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._forget = forget
        self._usual = _policy(settings)
        self._policy = self._usual
        self._polling = settings.callbacks == "off"
        self.vigilance = Vigilance()
        self._timers = Timers(clock, self._due, set_back=set_back)
        self._reconciler = Reconciler(
            graph, registry.get, clock=clock, rate=settings.read_rate, deliver=deliver, retry=self._retry
        )

    @property
    def reads(self) -> dict[str, int]:
        """How many reads there were, by what made them necessary."""
        return dict(self._reconciler.reads)

    @property
    def paused(self) -> float:
        """For how many seconds reads were put off because Graph asked to wait."""
        return self._reconciler.paused

    def next_due(self, record: Record) -> Due | None:
        """Return what is due first for a call, None when nothing is."""
        return next_due(record, self._policy)

    def look_after(self, record: Record) -> None:
        """Set the timer of a call by what is known of it now."""
        due = next_due(record, self._policy)
        if due is not None:
            self._timers.set(record.key, due.at)
        if record.ended:
            self._reconciler.forget(record.key)

    def take_up(self, record: Record) -> None:
        """Look after a call that another process has left: read it at once, as the budget allows."""
        self.look_after(record)
        if not record.ended:
            self._reconciler.ask(record.key, "start-up", Urgency.ROUTINE)

    def look_at(self, key: str, trigger: str) -> None:
        """Read a call, if it is known, as something does not fit."""
        if self._registry.get(key) is not None:
            self._reconciler.ask(key, trigger, Urgency.DOUBT)

    def heard(self) -> None:
        """A callback came: the way in works."""
        if self.vigilance.heard():
            _log.info("callbacks come again")
            self._policy = self._usual

    def observed(self, record: Record, changes: Iterable[Change]) -> None:
        """Look after a call that something was just seen of."""
        found = any(isinstance(one, Transition) and one.source in _UNTOLD for one in changes)
        if found and not self._polling and self.vigilance.found_by_reading():
            _log.warning("callbacks have stopped, reading calls more often")
            self._policy = self._usual.vigilant()
            for live in self._registry.live():
                self._reconciler.ask(live.key, "callbacks stopped", Urgency.DOUBT)
        self.look_after(record)

    async def refresh(self, key: str) -> None:
        """Read a call now, and return when what was read is folded."""
        await self._reconciler.refresh(key)

    async def close(self) -> None:
        """Stop looking after calls."""
        self._timers.stop()
        await self._reconciler.close()

    def _retry(self, key: str, seconds: float) -> None:
        self._timers.set(key, self._clock.time() + seconds)

    def _due(self, key: str) -> None:
        record = self._registry.get(key)
        due = next_due(record, self._policy) if record is not None else None
        if due is None:
            return
        if due.at > self._clock.time():
            self._timers.set(key, due.at)
        else:
            self._attend_to(key, due)

    def _attend_to(self, key: str, due: Due) -> None:
        match due.kind:
            case DueKind.READ:
                urgency = Urgency.ROUTINE if due.trigger == "quiet call" else Urgency.DOUBT
                self._reconciler.ask(key, due.trigger, urgency)
            case DueKind.KEEP_ALIVE:
                self._reconciler.keep_alive(key)
            case DueKind.FORGET:
                self._forget(key)


def _policy(settings: Settings) -> Policy:
    policy = Policy(
        quiet=settings.reconcile_interval,
        keep_alive=settings.keep_alive_interval,
        tombstone=settings.tombstone_seconds,
    )
    return policy.polling(settings.poll_interval) if settings.callbacks == "off" else policy
