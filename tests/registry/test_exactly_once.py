"""Whatever happens on the way, each transition is handled once and every end is found.

A call of the platform goes through its states; its callbacks are lost, doubled and delivered in any order;
reads answer late or from an old replica; the process crashes between any two steps and starts again from
its store. A reference of the call says what must have been handled in the end.
"""

import asyncio
from collections import Counter

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from callbot.model import CallState, call_key
from callbot.registry import Registry
from callbot.state import Change, Doubted, Gone, KeptAlive, Notified, Observation, Read, Transition
from callbot.store import MemoryStore
from tests.state.wire import CALL_ID, created, notified, state

KEY = call_key(CALL_ID)
LIVES = [
    ["incoming", "establishing", "established", "terminated"],
    ["establishing", "established", "terminated"],
    ["establishing", "terminated"],
    ["incoming", "terminated"],
    ["establishing", "established", "transferring", "transferAccepted", "terminated"],
    ["establishing", "established", "transferring", "established", "terminated"],
    ["incoming", "establishing", "established", "hold", "established", "terminated"],
    ["incoming", "established", "hold", "established", "hold", "established", "terminated"],
]


class OneCall(RuleBasedStateMachine):
    """One call, and a registry that hears of it over a bad line."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = 1000.0
        self.store = MemoryStore()
        self.registry = self.process()
        self.on_the_way: list[Notified] = []
        self.told: list[Transition] = []
        self.handled: list[Transition] = []
        self.began: Change | None = None
        self.reruns: Counter[int] = Counter()
        self.passed: list[str] = []
        self.times: list[float] = []
        self.life: list[str] = []

    def process(self) -> Registry:
        return Registry(self.store, lambda _: True)

    def tick(self, seconds: float = 1.0) -> float:
        self.now += seconds
        return self.now

    def observe(self, observation: Observation) -> None:
        observed = self.runner.run(self.registry.observe(KEY, observation))
        self.told += [one for one in observed.changes if isinstance(one, Transition)]

    # -- the platform ---------------------------------------------------------------------------------

    @initialize(life=st.sampled_from(LIVES))
    def begin(self, life: list[str]) -> None:
        self.life = list(life)
        if life[0] == "establishing":
            self.reach_next()
            self.observe(created(at=self.now))
        else:
            self.go_on()
            self.deliver(0)  # an incoming call whose first callback is lost cannot be known

    @precondition(lambda self: self.life)
    @rule()
    def go_on(self) -> None:
        failed = self.passed[-1:] == ["transferring"] and self.life[0] == "established"
        self.reach_next()
        told = state(self.passed[-1], at=self.now, **({"resultInfo": {"code": 500}} if failed else {}))
        self.on_the_way.append(told)

    def reach_next(self) -> None:
        self.passed.append(self.life.pop(0))
        self.times.append(self.tick())

    # -- the line -------------------------------------------------------------------------------------

    @precondition(lambda self: self.on_the_way)
    @rule(position=st.integers(0, 9))
    def deliver(self, position: int) -> None:
        seen = self.on_the_way.pop(position % len(self.on_the_way))
        self.observe(seen._replace(at=self.tick()))

    @precondition(lambda self: self.on_the_way)
    @rule(position=st.integers(0, 9))
    def double(self, position: int) -> None:
        self.on_the_way.append(self.on_the_way[position % len(self.on_the_way)])

    @precondition(lambda self: self.on_the_way)
    @rule(position=st.integers(0, 9))
    def lose(self, position: int) -> None:
        self.on_the_way.pop(position % len(self.on_the_way))

    @precondition(lambda self: self.passed)
    @rule(lag=st.sampled_from([0.0, 0.0, 2.0, 5.0, 10.0]), takes=st.sampled_from([0.1, 3.0]))
    def read(self, lag: float, takes: float) -> None:
        """Read the call from a replica that lags behind by so many seconds; the answer takes its time."""
        asked_at = self.now - takes + 1.0
        known = [name for name, at in zip(self.passed, self.times, strict=True) if at <= asked_at - lag]
        now = known[-1] if known else self.passed[0]
        if now == "terminated":
            self.observe(Gone(self.tick()))
        else:
            self.observe(Read(self.tick(), asked_at, {"id": CALL_ID, "state": now}))

    @precondition(lambda self: self.passed and self.passed[-1] != "incoming")
    @rule()
    def hang_up(self) -> None:
        """The bot leaves; the platform may tell, or not."""
        self.life = self.life[-1:]

    @precondition(lambda self: self.passed)
    @rule()
    def verb(self) -> None:
        """A request for the call: it is a sighting while the call lives, and its end after that."""
        over = self.passed[-1] == "terminated"
        self.observe(Gone(self.tick()) if over else KeptAlive(self.tick()))

    @rule()
    def doubt(self) -> None:
        self.observe(Doubted(self.tick(), "a test"))

    @rule()
    def unreadable(self) -> None:
        self.observe(notified({"state": 7}, at=self.tick()))

    # -- handlers, and crashes between any two steps ----------------------------------------------------

    @rule()
    def begin_handler(self) -> None:
        record = self.registry.get(KEY)
        if record is not None and record.unhandled and self.began is None:
            self.began = record.unhandled[0]

    @rule()
    def finish_handler(self) -> None:
        if self.began is not None:
            done, self.began = self.began, None
            assert isinstance(done, Transition)
            self.handled.append(done)
            self.runner.run(self.registry.handled(KEY, done))

    @rule()
    def crash(self) -> None:
        if isinstance(self.began, Transition):
            self.reruns[self.began.seq] += 1
        self.began = None
        self.registry = self.process()
        self.runner.run(self.load())

    async def load(self) -> None:
        await self.registry.load()

    # -- what must hold -------------------------------------------------------------------------------

    @invariant()
    def each_transition_is_handled_at_most_once_and_in_order(self) -> None:
        numbers = [one.seq for one in self.handled]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [one.new for one in self.handled] == [one.new for one in self.told][: len(numbers)]

    @invariant()
    def transitions_follow_each_other_and_nothing_is_invented(self) -> None:
        olds = [one.old for one in self.told]
        news = [one.new for one in self.told]
        assert olds == [None, *news][: len(olds)]
        passing = iter(self.passed)
        assert all(new in passing for new in news)  # each in its turn, none twice for one, none too early

    def teardown(self) -> None:
        """The call ends, the platform forgets it, and callbot looks."""
        while self.life:
            self.go_on()
        self.observe(Gone(self.tick()))
        record = self.registry.get(KEY)
        assert record is not None
        while record.unhandled:
            self.begin_handler()
            self.finish_handler()
            record = self.registry.get(KEY)
            assert record is not None
        self.each_transition_is_handled_at_most_once_and_in_order()
        self.transitions_follow_each_other_and_nothing_is_invented()
        assert self.handled[-1].new is CallState.TERMINATED
        assert record.ended
        self.runner.run(self.registry.forget(KEY))
        assert self.runner.run(self.store.get(KEY)) is None
        self.runner.close()


TestOneCall = OneCall.TestCase
TestOneCall.settings = hypothesis_settings(max_examples=150, stateful_step_count=40)
