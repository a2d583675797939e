"""What the platform waits for an answer to: who may join, and where a call is taken."""

import asyncio
from pathlib import Path

import pytest

from callbot import (
    Call,
    CallBot,
    CallResource,
    CallState,
    JoinDecision,
    ParticipantJoining,
    ParticipantLeft,
    RejectReason,
    Transition,
)
from callbot.service import serving
from callbot.testing import StagedCall, World, simulate
from tests.end_to_end.conftest import Start, bot_settings
from tests.ports import free_port


class Recorder(CallBot):
    """Records, and says who may join."""

    def __init__(self, decide: str = "accept") -> None:
        self.decide = decide
        self.asked: list[ParticipantJoining] = []
        self.left: list[ParticipantLeft] = []

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer(participant_capacity=3)
        await call.until(CallState.HOLD)  # a handler that waits does not keep a question waiting

    async def on_participant_joining(self, call: Call, joining: ParticipantJoining) -> JoinDecision:
        self.asked.append(joining)
        match self.decide:
            case "accept":
                return joining.accept()
            case "reject":
                return joining.reject(RejectReason.FORBIDDEN)
            case "sleep":
                await asyncio.sleep(60)
            case "elsewhere":
                return joining.invite_new_bot("https://localhost:1/api/calls")
        return None  # type: ignore[return-value]  # a mistake

    async def on_participant_left(self, call: Call, left: ParticipantLeft) -> None:
        self.left.append(left)


async def asked(world: World) -> StagedCall:
    call = await world.recorded("Ana", "Femi")
    await call.is_established()
    await call.asks_to_join("Chris")
    await world.advance(8)
    return call


async def test_who_is_accepted_is_in_the_call_and_is_told_to_leave() -> None:
    bot = Recorder()
    async with simulate(bot) as world:
        call = await asked(world)
        await call.people_are("Ana", "Femi", "Chris")
        await call.leaves("Chris")
        await call.ends()
        await call.is_over()
    (question,) = bot.asked
    who = question.participants[0].info.identity.who
    assert [one.participant_id for one in bot.left] == [question.participants[0].id]
    assert who is not None


@pytest.mark.parametrize("decision", ["reject", "sleep", "nothing"])
async def test_who_is_rejected_or_not_decided_about_is_not(
    decision: str, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Recorder(decision)
    async with simulate(bot) as world:
        call = await asked(world)
        await call.people_are("Ana", "Femi")
        await call.ends()
        await call.is_over()
    assert len(bot.asked) >= 1
    failed = [one for one in caplog.records if one.levelname == "ERROR"]
    assert bool(failed) is (decision != "reject")


async def test_another_instance_is_called_for_who_is_sent_there() -> None:
    bot = Recorder("elsewhere")
    async with simulate(bot) as world:
        call = await asked(world)
        await call.people_are("Ana", "Femi", "Chris")
        await call.ends()
        await call.is_over()


class Picky(CallBot):
    """Sends calls elsewhere before they are taken."""

    def __init__(self, elsewhere: str | None) -> None:
        self.elsewhere = elsewhere
        self.seen: list[str] = []
        self.announced: list[CallResource] = []

    async def on_announced(self, announced: CallResource) -> str | None:
        self.announced.append(announced)
        if self.elsewhere == "slow":
            await asyncio.get_running_loop().create_future()
        return self.elsewhere

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        self.seen.append(call.id)
        await call.answer()
        await call.hang_up()


async def test_a_call_can_be_sent_to_another_region_before_it_is_taken(start: Start, tmp_path: Path) -> None:
    there = f"https://localhost:{free_port()}/api/calls"
    near, far = Picky(there), Picky(None)
    async with start(near) as world, serving(far, bot_settings(world.emulator, there)) as other:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until_over()
        await world.settled()
        await world.until(lambda: other.idle)
        assert near.seen == []
        assert far.seen == [emulated.id]
        assert world.runtime.record(emulated.id.replace("-", "")) is None
    assert near.announced[0].source is not None


@pytest.mark.parametrize("answer", [None, "slow", "http://insecure.example.com/"])
async def test_a_call_that_is_not_sent_elsewhere_is_taken_here(answer: str | None) -> None:
    bot = Picky(answer)
    async with simulate(bot) as world:
        call = await world.incoming()
        await call.is_over()
        assert bot.seen == [call.id]
        assert len(bot.announced) == 1
