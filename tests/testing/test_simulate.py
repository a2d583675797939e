"""A bot in a simulated world: what a test of it reads like."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from callbot import Call, CallBot, CallState, Phone, RejectReason, RosterChange, Transition, User
from callbot.clock import sleep
from callbot.emulator import EmulatorSettings, Timing
from callbot.state import Source
from callbot.testing import HandlerRaised, Impossible, simulate
from samples.greeter import Greeter

GREETED = ["incoming", "establishing", "established", "terminated"]


class Answering(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer(wait=False)


async def test_the_greeter_greets_whoever_calls_and_lets_them_go() -> None:
    async with simulate(Greeter()) as world:
        call = await world.incoming(user="Ana")
        await call.is_established()
        await call.hears("welcome.wav")
        await call.press("1")
        await call.hears("goodbye.wav")
        await call.is_over(code=200)
        assert [one.new for one in call.transitions] == GREETED


async def test_two_calls_go_on_side_by_side() -> None:
    async with simulate(Greeter()) as world:
        ana, femi = await world.incoming("Ana"), await world.incoming("Femi")
        await femi.hears("welcome.wav")
        await ana.hears("welcome.wav")
        await ana.press("1")
        await femi.hangs_up()
        await ana.is_over()
        await femi.is_over()
        assert [one.new for one in femi.transitions] == GREETED
        assert len(world.transitions) == 8


async def test_a_call_of_three_hours_fits_into_a_test() -> None:
    async with simulate(Answering()) as world:
        at = world.clock.time()
        call = await world.incoming()
        await call.is_established()
        await world.advance(3 * 3600)
        assert not (await call.sight()).over
        assert len(await call.requests("keepAlive")) >= 14
        await call.hangs_up()
        await call.is_over()
        assert world.clock.time() - at >= 3 * 3600


async def test_a_bot_that_waits_by_asyncio_waits_in_virtual_time() -> None:
    class Patient(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            await asyncio.sleep(1800)
            await call.hang_up()

    async with simulate(Patient()) as world:
        call = await world.incoming()
        await call.is_over(within=3600)
        first, *_, last = (await call.sight()).steps
        assert 1800 <= last.at - first.at < 1802


async def test_the_world_can_start_at_any_moment() -> None:
    moment = datetime(2027, 2, 3, 8, 59, 59, tzinfo=UTC)
    async with simulate(Answering(), starts_at=moment) as world:
        call = await world.incoming()
        await call.is_established()
        assert call.transitions[0].when.date() == moment.date()
        assert 0 <= call.transitions[0].at - moment.timestamp() < 1


async def test_a_bot_that_rejects() -> None:
    class Busy(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.reject(RejectReason.BUSY)

    async with simulate(Busy()) as world:
        call = await world.incoming()
        await call.is_rejected(RejectReason.BUSY)


async def test_a_bot_that_redirects() -> None:
    class Elsewhere(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.redirect(User("061bf4c5-c28e-4fa2-b199-ae5d6c717066"))

    async with simulate(Elsewhere()) as world:
        call = await world.incoming()
        await call.is_redirected_to("Femi")


async def test_a_bot_that_transfers_to_whom_the_caller_wants() -> None:
    class Desk(CallBot):
        def __init__(self) -> None:
            self.people: dict[str, User | Phone] = {}

        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            await call.subscribe_to_tone()
            async for tone in call.tones():
                await call.transfer(self.people[tone.key])
                return

    bot = Desk()
    async with simulate(bot) as world:
        chris = await world.person("Chris", answers_after=2)
        zoe = await world.person("Zoe", phone="+493012345678", answers_after=2)
        bot.people = {"1": chris.callee, "2": zoe.callee}
        call = await world.incoming(user="Ana")
        await call.is_established()
        await call.press("1")
        await call.is_transferred_to("Chris")
        await call.is_over()


class Calling(CallBot):
    async def on_established(self, call: Call, transition: Transition) -> None:
        await call.hang_up()


async def test_a_bot_that_calls_people_who_react_each_in_their_way() -> None:
    bot = Calling()
    async with simulate(bot) as world:
        ben = await world.person("Ben", answers_after=3)
        chris = await world.person("Chris", declines_after=1)
        dana = await world.person("Dana", ignores=True)
        for one in (ben, chris, dana):
            await bot.place_call(one.callee)
        first = await world.outgoing()
        declined = await world.outgoing(to="Chris")
        ignored = await world.outgoing(to=dana)
        await first.is_established()
        await first.is_over(subcode=7000)
        await declined.is_over(code=603)
        await ignored.is_over(code=408, within=100)
        with pytest.raises(ValueError, match="cannot do all of this"):
            await world.person("Eli", answers_after=1, busy=True)


async def test_a_person_can_be_made_to_answer_while_it_rings() -> None:
    bot = Calling()
    async with simulate(bot) as world:
        ben = await world.person("Ben", ignores=True)
        await bot.place_call(ben.callee)
        call = await world.outgoing()
        await world.advance(10)
        await call.answers("Ben")
        await call.is_established()
        await call.is_over()


async def test_a_meeting_whose_people_come_and_go() -> None:
    class Attending(CallBot):
        def __init__(self) -> None:
            self.joined: list[int] = []
            self.left: list[int] = []

        async def on_roster(self, call: Call, change: RosterChange) -> None:
            self.joined.append(len(change.joined))
            self.left.append(len(change.left))

    bot = Attending()
    async with simulate(bot) as world:
        meeting = await world.meeting("Ana", "Femi", subject="Weekly")
        await bot.join_meeting(meeting.join_link)
        call = await world.outgoing()
        await call.is_established()
        await call.people_are("Ana", "Femi")
        await world.advance(5)
        await call.joins("Chris")
        await call.people_are("Ana", "Femi", "Chris")
        await world.advance(1800)
        await call.leaves("Ana")
        await call.people_are("Femi", "Chris")
        await call.mutes("Chris")
        await call.ends()
        await call.is_over()
        await world.settled()
    assert sum(bot.joined) == 4  # the bot is one of them
    assert sum(bot.left) == 1


async def test_a_guest_bot_waits_in_the_lobby_until_somebody_lets_it_in() -> None:
    bot = Answering()
    async with simulate(bot) as world:
        meeting = await world.meeting("Ana", lobby="guests", join_id="123456789", passcode="abc")
        await bot.join_meeting("123456789", passcode="abc", as_guest="Helper")
        call = await world.outgoing()
        await call.is_established()
        assert not (await call.sight()).audio_active
        await world.advance(60)
        await call.admits()
        await world.advance(1)
        assert (await call.sight()).audio_active
        assert meeting.join_id == "123456789"


async def test_a_recording_lasts_as_long_as_somebody_speaks() -> None:
    class Voicemail(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            await call.record(max_duration=60, max_silence_timeout=4)
            await call.hang_up()

    async with simulate(Voicemail()) as world:
        call = await world.incoming("Ana")
        await call.says(17)
        await call.is_asked_for("recordResponse")
        began = world.clock.time()
        await call.is_over()
        assert 21 <= world.clock.time() - began < 23


async def test_a_call_that_is_not_kept_alive_in_time_is_over() -> None:
    strict = EmulatorSettings(timing=Timing(keep_alive_within=300))
    async with simulate(Answering(), emulator=strict) as world:
        call = await world.incoming()
        await call.is_over(code=408, within=3000)


async def test_a_handler_that_raises_fails_the_test_at_its_end() -> None:
    class Clumsy(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer(wait=False)
            raise LookupError("no such customer")

    async def scenario() -> None:
        async with simulate(Clumsy()) as world:
            call = await world.incoming()
            await call.is_established()

    with pytest.raises(HandlerRaised, match="no such customer") as failure:
        await scenario()
    assert isinstance(failure.value.__cause__, LookupError)
    assert "on_incoming" in str(failure.value)
    async with simulate(Clumsy(), handlers_may_raise=True) as world:
        call = await world.incoming()
        await call.is_established()
        assert len([one for one in world.handled if one.error is not None]) == 1


async def test_lost_callbacks_are_made_up_for_by_reading() -> None:
    async with simulate(Answering()) as world:
        call = await world.incoming()
        await call.is_established()
        await world.silence(3600)
        await call.hangs_up()
        await call.is_over()
        assert call.transitions[-1].source is Source.GONE


async def test_without_callbacks_a_bot_follows_its_calls_by_reading() -> None:
    bot = Calling()
    async with simulate(bot, callbacks="off") as world:
        await bot.place_call(User("061bf4c5-c28e-4fa2-b199-ae5d6c717066"))
        call = await world.outgoing()
        await call.is_over()
        assert [one.new for one in call.transitions][:2] == [CallState.ESTABLISHING, CallState.ESTABLISHED]


async def test_real_time_passes_as_it_does() -> None:
    began = time.monotonic()
    timing = Timing(establish=0.05, media=0.05)
    async with simulate(Answering(), real_time=True, emulator=EmulatorSettings(timing=timing)) as world:
        call = await world.incoming()
        await call.is_established()
        await sleep(world.clock, 0.3)
        await call.hangs_up()
        await call.is_over()
    assert time.monotonic() - began >= 0.3


async def test_whoever_does_not_exist_cannot_call() -> None:
    async with simulate(Answering()) as world:
        with pytest.raises(Impossible, match="nobody called Waldo; there are Ana, Ben"):
            await world.incoming("Waldo")
