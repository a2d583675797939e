"""What a soak reads out of the emulator's own log."""

from pathlib import Path

import pytest

from callbot.emulator import Emulator, EmulatorSettings
from soak.judging.facts import GapError, PlatformFacts, Shown, Told
from tests.soak.stories import CALL


def entry(seq: int, kind: str, **fields: object) -> dict[str, object]:
    return {"seq": seq, "kind": kind, "at": float(seq), "call": CALL, **fields}


def transition(seq: int, old: str | None, new: str) -> dict[str, object]:
    return entry(seq, "transition", old=old, new=new, why="somehow")


def callback(seq: int, status: int | None, *notifications: dict[str, object]) -> dict[str, object]:
    return entry(seq, "callback", status=status, took=0.5, notifications=list(notifications))


def notification(
    state: str | None, change: str = "updated", path: str = "", **data: object
) -> dict[str, object]:
    return {
        "changeType": change,
        "resourceUrl": f"/communications/calls/{CALL}{path}",
        "resourceData": {"state": state, **data},
    }


def request(seq: int, method: str, path: str, status: int, fault: str | None = None) -> dict[str, object]:
    return entry(
        seq, "request", method=method, path=f"/v1.0/communications/calls{path}", status=status, fault=fault
    )


def test_a_callback_tells_the_states_it_names_and_nothing_else() -> None:
    facts = PlatformFacts()
    facts.take(
        [
            transition(1, None, "incoming"),
            callback(2, 202, notification("incoming", "created"), notification("established")),
            callback(3, None, notification("established", resultInfo={"code": 500})),
            callback(4, 503, notification(None, "deleted")),
            callback(5, 202, notification("running", "deleted", "/operations/1")),
        ]
    )
    call = facts.calls[CALL]
    assert call.incoming
    assert not call.over
    assert call.told == [
        Told("incoming", 2.0, 2.5, accepted=True),
        Told("established", 2.0, 2.5, accepted=True),
        Told("established", 3.0, 3.5, accepted=None, with_result=True),
        Told("terminated", 4.0, 4.5, accepted=False),
    ]
    assert facts.callbacks == {"202": 2, "503": 1, "no answer": 1}


def test_a_read_shows_the_state_of_its_time_or_the_one_before_and_a_404_the_end() -> None:
    facts = PlatformFacts()
    facts.take(
        [
            transition(1, None, "establishing"),
            request(2, "POST", "", 201),
            transition(3, "establishing", "established"),
            request(4, "GET", f"/{CALL}?$select=state", 200),
            request(5, "GET", f"/{CALL}", 200, "stale"),
            request(6, "GET", f"/{CALL}/participants", 200),
            transition(7, "established", "terminated"),
            request(8, "POST", f"/{CALL}/playPrompt", 404),
        ]
    )
    call = facts.calls[CALL]
    assert call.created == 2.0
    assert call.shown == [Shown(4.0, 2), Shown(5.0, 1), Shown(8.0, 3)]
    assert call.over
    assert facts.transitions == 3
    assert facts.live() == []


def test_a_log_that_has_forgotten_something_is_not_believed() -> None:
    facts = PlatformFacts()
    facts.take([transition(1, None, "incoming")])
    with pytest.raises(GapError):
        facts.take([transition(3, "incoming", "terminated")])


async def test_the_log_of_a_real_emulator_can_be_taken_in(tmp_path: Path) -> None:
    async with Emulator(EmulatorSettings(port=0, directory=tmp_path)) as emulator:
        call = await emulator.place_call(next(iter(emulator.people)))
        call.hang_up()
        await emulator.until_idle()
        facts = PlatformFacts()
        (begun,) = facts.take([one.as_json() for one in emulator.log])
    assert begun.id == call.id
    assert [step.new for step in begun.steps] == ["incoming", "terminated"]
    assert [(told.state, told.accepted) for told in begun.told] == [("incoming", None), ("terminated", None)]
