"""The compliance bot."""

import pytest

from callbot import RecordingStatus
from callbot.testing import StagedCall, simulate
from samples.recording_policy.bot import ComplianceBot, Minutes


async def statuses(call: StagedCall) -> list[object]:
    return [one.get("status") for one in await call.requests("updateRecordingStatus")]


async def test_everybody_is_told_that_they_are_recorded() -> None:
    async with simulate(ComplianceBot()) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        await call.is_asked_for("updateRecordingStatus")
        await call.ends()
        await call.is_over()
        assert await statuses(call) == [RecordingStatus.RECORDING]  # the end of the call ended it


async def test_recording_that_fails_is_told_too() -> None:
    class Full(Minutes):
        async def start(self, call_id: str) -> None:
            raise OSError("no space left")

    async with simulate(ComplianceBot(Full()), handlers_may_raise=True) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        await world.advance(5)
        assert await statuses(call) == [RecordingStatus.RECORDING, RecordingStatus.FAILED]
        await call.asks_to_join("Chris")
        await world.advance(5)
        await call.people_are("Ana", "Femi")  # nobody joins who could not be recorded
        await call.ends()


async def test_nothing_is_recorded_while_the_call_is_on_hold(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulate(ComplianceBot()) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        await world.advance(5)
        await call.holds()
        await world.advance(5)
        await call.resumes()
        await world.advance(30)
        await call.ends()
        await call.is_over()
        on, off = RecordingStatus.RECORDING, RecordingStatus.NOT_RECORDING
        assert await statuses(call) == [on, off, on]
    said = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert said == ["recording", "not recording"] * 2


async def test_who_joins_is_looked_after_and_those_for_whom_there_is_no_room_by_another_call() -> None:
    bot = ComplianceBot()
    async with simulate(bot) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_asked_for("updateRecordingStatus")
        for one in ("Chris", "Ben"):
            await call.asks_to_join(one)
            await world.advance(2)
        await call.people_are("Ana", "Femi", "Chris", "Ben")
        assert {one.call_id for one in world.transitions} == {call.id}
        await call.asks_to_join("Dana")
        await world.advance(5)
        assert len({one.call_id for one in world.transitions}) == 2
        await call.leaves("Chris")
        await world.settled()
        observed = [
            one.data["observed"] for one in world.handled if one.data and one.change.call_id == call.id
        ]
        assert [len(list(one)) for one in observed if isinstance(one, list)][-1] == 2
        await call.ends()
        await call.is_over()


async def test_a_call_to_the_bot_itself_is_turned_down() -> None:
    async with simulate(ComplianceBot()) as world:
        call = await world.incoming("Ana")
        await call.is_rejected("forbidden")
