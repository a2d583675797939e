"""Memory, leaks and troubles of a soak."""

import random
from pathlib import Path

from callbot.state import Record, fold
from callbot.store import open_store
from callbot.testing.stores.base import put
from soak.cast import BRIEF, FULL
from soak.judging import memory
from soak.judging.leaks import GRACE, look
from soak.judging.logged import logged
from soak.judging.memory import Memory
from soak.running.troubles import Trouble, plan
from tests.soak.stories import CALL, facts
from tests.state.wire import gone, state


def record(*, over: bool, call: str = CALL) -> Record:
    found = fold(None, state("established")).record
    found = fold(found, gone(at=200.0)).record if over else found
    assert found is not None
    return found._replace(id=call, key=call)


async def test_what_a_store_holds_is_a_leak_when_its_call_is_over_or_its_time_is(tmp_path: Path) -> None:
    url = f"sqlite:////{tmp_path / 'calls.db'}"
    store = open_store(url)
    await store.open()
    await put(store, record(over=False))
    await put(store, record(over=True, call="ended"))
    await store.accept([state("established")])
    await store.close()
    held = await look(url)
    live, over = {CALL: facts("established")}, {CALL: facts("established", "terminated")}
    in_time, too_late = 205.0, 210.1 + GRACE
    assert held.leaks(live, tombstone=10.0, now=in_time) == ["an entry in the inbox"]
    assert len(held.leaks(over, tombstone=10.0, now=in_time)) == 2
    assert len(held.leaks(over, tombstone=10.0, now=too_late)) == 3
    assert not held.empty


def life(pid: int, *mib: float) -> list[Memory]:
    return [Memory(pid, float(age), one) for age, one in enumerate(mib)]


def test_memory_is_flat_when_the_longest_life_does_not_grow_once_it_is_warm() -> None:
    warming = [float(80 + age) for age in range(30)]
    flat = memory.summary(life(1, *warming) + life(2, *warming, *[110.0] * 60))
    assert flat["start"] == 109.0
    assert flat["growth"] == 0.0
    assert memory.is_flat(flat)
    growing = memory.summary(life(1, *warming, *[110.0 + age for age in range(60)]))
    assert not memory.is_flat(growing)


def test_a_life_too_short_to_judge_is_not_judged() -> None:
    assert memory.is_flat(memory.summary(life(1, 80.0, 200.0)))
    assert memory.is_flat(memory.summary([]))


def test_troubles_come_in_order_and_leave_the_last_process_time_to_show_its_memory() -> None:
    for tempo in (FULL, BRIEF):
        troubles = plan(random.Random(1), tempo, seconds=100.0, kills=6, stops=4)
        assert troubles == sorted(troubles)
        kills = [one.at for one in troubles if one.trouble is Trouble.KILL]
        stops = [one.at for one in troubles if one.trouble is Trouble.STOP]
        assert (len(kills), len(stops)) == (6, 4)
        assert max(kills + stops) < 66.0
        assert troubles == plan(random.Random(1), tempo, seconds=100.0, kills=6, stops=4)


def test_every_error_in_the_log_is_a_fault_but_the_bug_that_is_met_on_purpose() -> None:
    found = logged(
        [
            '{"event": "refused a callback", "level": "warning"}',
            '{"event": "handler failed", "level": "error", "error": "MetOnPurpose: a bug"}',
            '{"event": "handler failed", "level": "error", "error": "KeyError: 1"}',
            '{"event": "store does not take the record", "level": "error", "error": "locked"}',
            "Warning: The bot cannot sign in, so its calls will fail.",
            "Traceback (most recent call last):",
        ]
    )
    assert found.counts["handler failed"] == 2
    assert found.bugs_met == 1
    assert [line[:10] for line in found.errors] == ['{"event": '] * 2 + ["Traceback "]
