"""The compliance bot."""

from callbot import RecordingStatus
from callbot.testing import StagedCall, simulate
from samples.recording_policy.bot import ComplianceBot


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
    async def fail(call: object) -> None:
        raise OSError("no space left")

    async with simulate(ComplianceBot(fail), handlers_may_raise=True) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        await world.advance(5)
        assert await statuses(call) == [RecordingStatus.RECORDING, RecordingStatus.FAILED]
        await call.ends()


async def test_who_comes_is_looked_after_as_long_as_there_is_room() -> None:
    async with simulate(ComplianceBot()) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        for one in ("Chris", "Ben"):
            await call.asks_to_join(one)
            await world.advance(2)
        await call.people_are("Ana", "Femi", "Chris", "Ben")
        await call.leaves("Chris")
        await call.ends()
        await call.is_over()


async def test_a_call_to_the_bot_itself_is_turned_down() -> None:
    async with simulate(ComplianceBot()) as world:
        call = await world.incoming("Ana")
        await call.is_rejected("forbidden")
