"""Passing a call on through the live call, over HTTPS: every kind of transfer, and hanging up."""

import asyncio

import pytest

from callbot import (
    CallEnded,
    CallState,
    CallStateConflict,
    InvalidArgument,
    InvitationParticipantInfo,
    OperationFailed,
    Phone,
)
from callbot.emulator import WhenCalled
from callbot.graph.outgoing import invitation
from tests.end_to_end.conftest import Start
from tests.end_to_end.verbs import Passive, connect, meet, ring, user


async def test_a_blind_transfer_returns_when_the_target_has_the_call(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot, "Femi")
        await call.transfer(to=user(world, "Ana"))
        assert call.ended
        await world.settled()
        assert emulated.states[-3:] == ["transferring", "transferAccepted", "terminated"]
        assert bot.ends[0].result.subcode == 7015


async def test_a_transfer_that_fails_leaves_the_call_established_and_says_why(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot, "Femi")
        with pytest.raises(OperationFailed) as failed:
            await call.transfer(to=user(world, "Chris"))
        assert (failed.value.code, failed.value.subcode) == (500, 7000)
        assert call.state is CallState.ESTABLISHED
        await call.transfer(user(world, "Ana", WhenCalled.ANSWER))
        assert call.ended


async def test_a_caller_who_hangs_up_during_a_transfer_ends_it_with_call_ended(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot, "Femi")
        await call.transfer(user(world, "Ben"), wait=False)
        await call.until(CallState.TRANSFERRING)
        emulated.hang_up("Femi")
        with pytest.raises(CallEnded):
            await call.transfer(user(world, "Ana"))


async def test_a_transfer_that_is_under_way_ends_with_the_call(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot, "Femi")

        async def caller_gives_up() -> None:
            await emulated.until("transferring")
            emulated.hang_up("Femi")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(caller_gives_up())
            with pytest.raises(CallEnded, match="before it was transferred"):
                await call.transfer(user(world, "Ben"))


async def test_a_consultative_transfer_joins_the_two_others_and_ends_both_calls(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot, "Femi")
        other, _ = await connect(world, bot, "Ana")
        await call.transfer(user(world, "Ana"), replaces=other)
        assert call.ended
        assert call.resource.termination_reason == "AppTransferred"
        await other.until(CallState.TERMINATED)


async def test_a_call_to_replace_that_is_not_there_fails_the_transfer(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot, "Femi")
        invited = invitation(user(world, "Ana"))
        assert isinstance(invited, InvitationParticipantInfo)
        with pytest.raises(OperationFailed) as failed:
            await call.transfer(invited, replaces="00000000-0000-4000-8000-000000000000")
        assert failed.value.subcode == 7700
        assert call.state is CallState.ESTABLISHED


async def test_somebody_is_transferred_out_of_a_meeting(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        femi = next(one for one in call.roster if one.id == emulated.group.participant_id("Femi"))
        user(world, "Dana", WhenCalled.ANSWER)
        await call.transfer(user(world, "Dana"), transferee=femi)
        assert call.ended


async def test_a_transfer_out_of_a_meeting_needs_to_know_whom(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        with pytest.raises(InvalidArgument, match="transferee"):
            await call.transfer(user(world, "Ben"))


async def test_a_telephone_cannot_be_the_target_without_a_resource_account(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        with pytest.raises(InvalidArgument):
            await call.transfer(Phone("+442079460123"))


async def test_a_call_that_rings_cannot_be_transferred(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        with pytest.raises(CallStateConflict):
            await call.transfer(user(world, "Ben"))


async def test_hang_up_returns_when_the_call_is_over_and_may_be_repeated(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        await call.hang_up()
        assert emulated.over
        assert call.ended
        await call.hang_up()


async def test_keep_alive_of_a_call_that_is_gone_raises_call_ended(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        await call.keep_alive()
        await call.hang_up()
        with pytest.raises(CallEnded):
            await call.keep_alive()
