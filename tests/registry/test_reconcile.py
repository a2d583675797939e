"""The reconciler: which reads are sent, when, and what becomes of their answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from callbot import (
    BotStopped,
    CallbotError,
    CallNotFound,
    ConfigurationError,
    GraphError,
    PermissionDenied,
    Throttled,
    Unavailable,
)
from callbot.model import CallResource, Participant, call_key
from callbot.registry import Reconciler, Urgency
from callbot.state import Gone, KeptAlive, Observation, Read, Record, RosterRead, fold
from callbot.testing import ManualClock, settle
from tests.eager import eager_tasks
from tests.state.wire import CALL_ID, created, gone


class ScriptedGraph:
    """Answers reads as told; a read that `hold` covers waits until it is released."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.asked_in: set[asyncio.Task[object] | None] = set()
        self.kept_alive: list[str] = []
        self.rosters_asked: list[str] = []
        self.roster_errors: list[CallbotError] = []
        self.errors: list[CallbotError] = []
        self.hold: asyncio.Event | None = None
        self.empty = False

    async def get_call(self, call_id: str, *, tenant: str | None) -> CallResource:
        self.asked.append(call_id)
        self.asked_in.add(asyncio.current_task())
        await self._answer()
        return CallResource.view({} if self.empty else {"id": call_id, "state": "established"})

    async def list_participants(self, call_id: str, *, tenant: str | None) -> list[Participant]:
        self.rosters_asked.append(call_id)
        if self.roster_errors:
            raise self.roster_errors.pop(0)
        return [Participant.view({"id": "p1"})]

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        self.kept_alive.append(call_id)
        await self._answer()

    async def _answer(self) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.errors:
            raise self.errors.pop(0)


@dataclass
class Bench:
    clock: ManualClock = field(default_factory=ManualClock)
    graph: ScriptedGraph = field(default_factory=ScriptedGraph)
    records: dict[str, Record] = field(default_factory=dict)
    delivered: list[tuple[str, Observation]] = field(default_factory=list)
    retries: list[tuple[str, float]] = field(default_factory=list)
    rate: float = 100.0

    def __post_init__(self) -> None:
        self.reconciler = Reconciler(
            self.graph,
            self.records.get,
            clock=self.clock,
            rate=self.rate,
            deliver=self.deliver,
            retry=lambda key, seconds: self.retries.append((key, seconds)),
        )

    async def deliver(self, key: str, observation: Observation) -> None:
        self.delivered.append((key, observation))

    def know(self, call_id: str = CALL_ID, **changes: object) -> str:
        record = fold(None, created()).record
        assert record is not None
        key = call_key(call_id)
        self.records[key] = record._replace(key=key, id=call_id, **changes)  # type: ignore[arg-type]
        return key


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    await bench.reconciler.close()


async def test_a_read_brings_the_truth(bench: Bench) -> None:
    key = bench.know()
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    ((delivered_to, observation),) = bench.delivered
    assert delivered_to == key
    assert isinstance(observation, Read)
    assert observation.resource["state"] == "established"
    assert bench.reconciler.reads == {"doubt": 1}


async def test_asking_many_times_is_asking_once(bench: Bench) -> None:
    key = bench.know()
    bench.graph.hold = asyncio.Event()
    for _ in range(5):
        bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
        await settle()
    bench.graph.hold.set()
    await settle()
    assert bench.graph.asked == [CALL_ID]


async def test_a_call_that_is_not_found_is_gone(bench: Bench) -> None:
    key = bench.know()
    bench.graph.errors = [CallNotFound("Call not found.", verb="get", status=404, code="8522")]
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    assert [type(observation) for _, observation in bench.delivered] == [Gone]


@pytest.mark.parametrize("error", [PermissionDenied("no", verb="get"), Unavailable("down", verb="get")])
async def test_a_failure_says_nothing_about_the_call_and_is_tried_again_later(
    bench: Bench, error: GraphError
) -> None:
    key = bench.know()
    for expected in (2.0, 4.0, 8.0):
        bench.graph.errors = [error]
        bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
        await settle()
        assert bench.retries[-1] == (key, expected)
        await bench.clock.advance(expected)
    assert bench.delivered == []


async def test_a_call_that_just_failed_is_left_alone_until_its_time(bench: Bench) -> None:
    key = bench.know()
    bench.graph.errors = [Unavailable("down", verb="get")]
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    await bench.clock.advance(0.5)
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    assert len(bench.graph.asked) == 1
    assert bench.retries[-1] == (key, 1.5)


async def test_throttling_stops_all_reads_for_as_long_as_asked(bench: Bench) -> None:
    first, second = bench.know(), bench.know("another")
    bench.graph.errors = [Throttled("slow down", verb="get", status=429, retry_after=7.5)]
    bench.reconciler.ask(first, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.retries == [(first, 7.5)]
    bench.reconciler.ask(second, "doubt", Urgency.DOUBT)
    await bench.clock.advance(7.4)
    assert len(bench.graph.asked) == 1
    await bench.clock.advance(0.2)
    assert len(bench.graph.asked) == 2


async def test_reads_stay_within_their_budget_and_the_urgent_ones_go_first() -> None:
    bench = Bench(rate=2.0)
    keys = [bench.know(f"call-{n}") for n in range(6)]
    for key in keys[:5]:
        bench.reconciler.ask(key, "quiet call", Urgency.ROUTINE)
    bench.reconciler.ask(keys[5], "doubt", Urgency.DOUBT)
    await settle()
    assert bench.graph.asked == ["call-0", "call-1"]
    await bench.clock.advance(0.5)
    assert bench.graph.asked[2:] == ["call-5"]
    await bench.clock.advance(1.5)
    assert bench.graph.asked[3:] == ["call-2", "call-3", "call-4"]
    await bench.reconciler.close()


async def test_a_refresh_returns_when_what_was_read_is_folded(bench: Bench) -> None:
    key = bench.know()
    await asyncio.gather(*(bench.reconciler.refresh(key) for _ in range(3)))
    assert len(bench.delivered) == 1
    assert bench.graph.asked == [CALL_ID]


async def test_a_refresh_raises_what_the_read_raised_and_does_not_wait_for_a_retry(bench: Bench) -> None:
    key = bench.know()
    bench.graph.errors = [PermissionDenied("no", verb="get"), Unavailable("down", verb="get")]
    with pytest.raises(PermissionDenied):
        await bench.reconciler.refresh(key)
    with pytest.raises(Unavailable):
        await bench.reconciler.refresh(key)
    await bench.reconciler.refresh(key)


async def test_a_refresh_while_a_keep_alive_is_under_way_still_reads(bench: Bench) -> None:
    key = bench.know()
    bench.graph.hold = asyncio.Event()
    bench.reconciler.keep_alive(key)
    await settle()
    waiting = asyncio.create_task(bench.reconciler.refresh(key))
    await settle()
    bench.graph.hold.set()
    await waiting
    assert [type(observation) for _, observation in bench.delivered] == [KeptAlive, Read]


async def test_what_is_due_while_something_is_under_way_is_looked_at_again_after_it(bench: Bench) -> None:
    """What is under way was sent before: it may not have seen what made the other one due."""
    key = bench.know()
    for start in (
        bench.reconciler.keep_alive,
        lambda key: bench.reconciler.ask(key, "quiet", Urgency.ROUTINE),
    ):
        for owed in (
            bench.reconciler.keep_alive,
            lambda key: bench.reconciler.ask(key, "doubt", Urgency.DOUBT),
        ):
            bench.graph.hold, bench.retries = asyncio.Event(), []
            start(key)
            await settle()
            owed(key)
            await settle()
            assert bench.retries == []
            bench.graph.hold.set()
            await settle()
            assert bench.retries == [(key, 0.0)]


async def test_a_read_that_waits_for_the_budget_does_not_overtake_a_keep_alive(bench: Bench) -> None:
    bench.reconciler._budget.pause(5.0)
    key = bench.know()
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    bench.graph.hold = asyncio.Event()
    bench.reconciler.keep_alive(key)
    await bench.clock.advance(10.0)
    assert (bench.graph.kept_alive, bench.graph.asked) == ([CALL_ID], [])
    bench.graph.hold.set()
    await settle()
    assert bench.retries == [(key, 0.0)]


async def test_a_keep_alive_that_finds_no_call_is_its_end(bench: Bench) -> None:
    key = bench.know()
    bench.graph.errors = [CallNotFound("Call not found.", verb="keepAlive", status=404)]
    bench.reconciler.keep_alive(key)
    await settle()
    assert [type(observation) for _, observation in bench.delivered] == [Gone]


async def test_a_call_that_ended_meanwhile_is_not_read(bench: Bench) -> None:
    key = bench.know()
    ended = fold(bench.records[key], gone()).record
    assert ended is not None
    bench.records[key] = ended
    await bench.reconciler.refresh(key)
    assert bench.graph.asked == []


async def test_closing_cancels_what_is_under_way(bench: Bench) -> None:
    key = bench.know()
    bench.graph.hold = asyncio.Event()
    waiting = asyncio.create_task(bench.reconciler.refresh(key))
    await settle()
    await bench.reconciler.close()
    with pytest.raises(BotStopped):
        await waiting
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    assert len(bench.graph.asked) == 1


async def test_the_roster_of_a_group_is_read_with_it_and_that_of_two_people_is_not(bench: Bench) -> None:
    group = bench.know("group", roster={"p0": {"id": "p0"}})
    two = bench.know("two")
    for key in (group, two):
        await bench.reconciler.refresh(key)
    assert bench.graph.rosters_asked == ["group"]
    assert [type(observation) for _, observation in bench.delivered] == [Read, RosterRead, Read]


async def test_a_roster_that_may_not_be_read_spoils_no_read(bench: Bench) -> None:
    key = bench.know("meeting", resource={"meetingInfo": {}})
    bench.graph.roster_errors = [PermissionDenied("no", verb="list")]
    await bench.reconciler.refresh(key)
    assert [type(observation) for _, observation in bench.delivered] == [Read]


async def test_a_call_that_ends_between_its_read_and_its_rosters_is_gone(bench: Bench) -> None:
    key = bench.know("meeting", resource={"meetingInfo": {}})
    bench.graph.roster_errors = [CallNotFound("Call not found.", verb="list", status=404)]
    await bench.reconciler.refresh(key)
    assert [type(observation) for _, observation in bench.delivered] == [Read, Gone]


async def test_settings_that_keep_a_call_from_being_read_are_told_and_tried_again(bench: Bench) -> None:
    key = bench.know()
    bench.graph.errors = [ConfigurationError("no tenant is known")]
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.retries == [(key, 2.0)]


async def test_an_answer_without_a_call_in_it_is_a_failed_read(bench: Bench) -> None:
    key = bench.know()
    bench.graph.empty = True
    bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    assert bench.delivered == []
    assert bench.retries == [(key, 2.0)]


async def test_calls_are_read_again_and_again_where_tasks_begin_at_once(bench: Bench) -> None:
    keys = [bench.know(f"call-{n}") for n in range(200)]  # none of the reads waits
    with eager_tasks():
        for turn in range(1, 4):
            for key in keys:
                bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
                bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
            await bench.clock.advance(10)
            assert len(bench.delivered) == turn * len(keys)
        await bench.reconciler.refresh(keys[0])
        bench.reconciler.keep_alive(keys[0])
        await settle()
    assert len(bench.delivered) == 3 * len(keys) + 2


async def test_a_task_goes_on_with_the_next_call(bench: Bench) -> None:
    keys = [bench.know(f"call-{n}") for n in range(100)]
    bench.graph.hold = asyncio.Event()
    for key in keys:
        bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    at_a_time = len(bench.graph.asked)
    bench.graph.hold.set()
    await settle()
    assert len(bench.delivered) == len(keys) > at_a_time
    assert len(bench.graph.asked_in) == at_a_time


async def test_a_cancelled_read_leaves_the_others_to_another_task(bench: Bench) -> None:
    keys = [bench.know(f"call-{n}") for n in range(40)]
    bench.graph.hold = asyncio.Event()
    for key in keys:
        bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
    await settle()
    for task in asyncio.all_tasks():
        if task.get_name() == "reconcile":
            task.cancel()
    bench.graph.hold.set()
    await settle()
    assert {key for key, _ in bench.delivered} == set(keys[32:])
    bench.reconciler.ask(keys[0], "doubt", Urgency.DOUBT)
    await settle()
    assert keys[0] in {key for key, _ in bench.delivered}


async def test_one_read_at_a_time_also_where_tasks_begin_at_once(bench: Bench) -> None:
    key = bench.know()
    bench.graph.hold = asyncio.Event()
    with eager_tasks():
        for _ in range(3):
            bench.reconciler.ask(key, "doubt", Urgency.DOUBT)
            bench.reconciler.keep_alive(key)
            await settle()
        assert (bench.graph.asked, bench.graph.kept_alive) == ([CALL_ID], [])
        await bench.reconciler.close()
    assert bench.delivered == []
