"""The verbs of group calls through the live call, over HTTPS: oneself, the others, who hears whom, beta."""

import asyncio
import gc

import pytest

from callbot import (
    AppHostedMediaConfig,
    Call,
    CallEnded,
    CallState,
    CallStateConflict,
    InvalidArgument,
    NotFound,
    OperationFailed,
    Participant,
    RecordingStatus,
    RoutingMode,
    ScreenSharingRole,
    User,
)
from callbot.emulator import EmulatedCall, WhenCalled
from callbot.model import OperationStatus
from tests.end_to_end.conftest import Start
from tests.end_to_end.verbs import MEETING_ID, PASSCODE, WELCOME, Passive, connect, meet, ring, user


def named(call: Call, emulated: EmulatedCall, who: str | None) -> Participant:
    return next(one for one in call.roster if one.id == emulated.group.participant_id(who))


async def test_muting_shows_on_the_roster(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        assert (await call.mute()).status is OperationStatus.COMPLETED
        await world.until(lambda: named(call, emulated, None).is_muted is True)
        await call.unmute()
        await world.until(lambda: named(call, emulated, None).is_muted is False)
        await call.participants.mute(named(call, emulated, "Femi"))
        await world.until(lambda: named(call, emulated, "Femi").is_muted is True)


async def test_what_is_for_group_calls_is_refused_in_others(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        for verb in (call.mute, call.unmute, call.add_large_gallery_view):
            with pytest.raises(CallStateConflict) as refused:
                await verb()
            assert refused.value.code == "8548"
        with pytest.raises(CallStateConflict):
            await call.invite(user(world, "Ana"))


async def test_the_large_gallery_view_is_there_when_its_operation_has_ended(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        assert (await call.add_large_gallery_view()).status is OperationStatus.COMPLETED


async def test_a_bot_with_media_of_its_own_shares_its_screen(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        own = AppHostedMediaConfig(blob="opaque")
        call = await bot.join_meeting(MEETING_ID, passcode=PASSCODE, media_config=own)
        await world.until(lambda: len(call.roster) == 3)
        await call.change_screen_sharing_role(ScreenSharingRole.SHARER)
        me = world.emulator.call(call.id)
        await world.until(lambda: len(named(call, me, None).media_streams) == 2)
        await call.change_screen_sharing_role(ScreenSharingRole.VIEWER)
        await world.until(lambda: len(named(call, me, None).media_streams) == 1)


async def test_a_bot_whose_media_graph_hosts_has_no_screen_to_share(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        with pytest.raises(InvalidArgument) as refused:
            await call.change_screen_sharing_role(ScreenSharingRole.SHARER)
        assert refused.value.code == "8500"


async def test_a_recording_bot_tells_that_it_records(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        emulated = await world.emulator.place_recorded_call("Ana", "Femi")
        call = await bot.incoming.get()
        await call.answer()
        done = await call.update_recording_status(RecordingStatus.RECORDING)
        assert done.status is OperationStatus.COMPLETED
        assert emulated.id == call.id
        with pytest.raises(InvalidArgument, match="status must be one of"):
            await call.update_recording_status(RecordingStatus.UNKNOWN)
        other, _ = await connect(world, bot)
        with pytest.raises(CallStateConflict) as refused:
            await other.update_recording_status(RecordingStatus.RECORDING)
        assert refused.value.code == "8506"


async def test_reading_the_roster_tells_who_is_there_and_nothing_that_was_known(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        await world.settled()
        known = len(bot.rosters)
        people = await call.participants.list()
        await world.settled()
        assert {one.id for one in people} == {one.id for one in call.roster}
        assert len(bot.rosters) == known
        one = await call.participants.get(people[0])
        assert one.id == people[0].id
        with pytest.raises(NotFound):
            await call.participants.get("nobody")
        assert not call.ended


async def test_a_part_of_the_roster_can_be_asked_for(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        known = call.roster
        (first, *_) = await call.participants.list(select=["id"])
        assert first.id
        assert first.is_muted is None
        assert call.roster == known


async def test_a_plain_call_has_no_roster_to_read(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        assert list(await call.participants.list()) == []


async def test_invite_returns_when_everybody_has_joined(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        done = await call.invite(
            user(world, "Ben", WhenCalled.ANSWER), user(world, "Dana", WhenCalled.ANSWER)
        )
        assert done.status is OperationStatus.COMPLETED
        await world.until(lambda: len(call.roster) == 5)


async def test_an_invitation_somebody_declines_fails(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        with pytest.raises(OperationFailed) as failed:
            await call.participants.invite(user(world, "Chris"))
        assert (failed.value.code, failed.value.subcode) == (412, 9999)


@pytest.mark.parametrize("people", [0, 6])
async def test_invite_names_the_limit_of_people(start: Start, people: int) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        with pytest.raises(
            InvalidArgument, match=f"participants must be 1 to 5 participants; {people} given"
        ):
            await call.invite(*[User(f"u{number}") for number in range(people)])


async def test_inviting_somebody_over_from_another_call_ends_that_call(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        user(world, "Dana", WhenCalled.ANSWER)
        other, _ = await connect(world, bot, "Dana")
        await call.invite(user(world, "Dana"), replaces=other)
        await other.until(CallState.TERMINATED)
        with pytest.raises(OperationFailed):
            await call.invite(user(world, "Ben"), replaces=other)


async def test_somebody_is_removed_but_not_the_organizer(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        ana = emulated.group.participant_id("Ana")
        await call.participants.remove(named(call, emulated, "Femi"))
        await world.until(lambda: len(call.roster) == 2)
        with pytest.raises(InvalidArgument):
            await call.participants.remove(ana)


async def test_hold_music_is_for_one_participant_at_a_time(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        ana, femi = named(call, emulated, "Ana"), named(call, emulated, "Femi")
        started = await call.participants.start_hold_music(ana, WELCOME)
        assert started.status is OperationStatus.COMPLETED
        with pytest.raises(CallStateConflict):
            await call.participants.start_hold_music(femi)
        stopped = await call.participants.stop_hold_music(ana)
        assert stopped.status is OperationStatus.COMPLETED
        with pytest.raises(CallStateConflict):
            await call.participants.stop_hold_music(ana)


async def test_who_hears_whom_can_be_set_changed_and_removed(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        ana, femi = emulated.group.participant_id("Ana"), emulated.group.participant_id("Femi")
        created = await call.audio_routing.create(
            "whisper", mode=RoutingMode.ONE_TO_ONE, sources=[ana], receivers=[femi]
        )
        assert created.id == "whisper"
        changed = await call.audio_routing.update("whisper", sources=[ana, femi], receivers=[ana])
        assert list(changed.sources) == [ana, femi]
        assert (await call.audio_routing.get("whisper")).routing_mode is RoutingMode.MULTICAST
        assert [one.id for one in await call.audio_routing.list()] == ["whisper"]
        await call.audio_routing.delete("whisper")
        assert list(await call.audio_routing.list()) == []
        with pytest.raises(NotFound):
            await call.audio_routing.get("whisper")
        with pytest.raises(InvalidArgument, match="sources must be one participant"):
            await call.audio_routing.create(
                "wrong", mode=RoutingMode.ONE_TO_ONE, sources=[ana, femi], receivers=[ana]
            )


async def test_what_is_shared_can_be_read(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        emulated.group.share_content("Ana")
        (shared,) = await call.content_sharing.list()
        assert shared.id
        assert (await call.content_sharing.get(shared.id)).id == shared.id
        assert (await call.beta.current_slide(shared.id)).startswith(b"\x89PNG")
        with pytest.raises(NotFound):
            await call.content_sharing.get("nothing")


async def test_operations_can_be_read_and_the_call_with_what_is_in_it(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await meet(world, bot)
        played = await call.play(WELCOME)
        assert [one.id for one in await call.operations.list()] == [played.id]
        assert (await call.operations.get(played.id or "")).is_finished
        with pytest.raises(NotFound):
            await call.operations.get("none")
        some = await call.read(select=["id", "state"])
        assert (some.id, some.state) == (call.id, CallState.ESTABLISHED)
        assert some.tenant_id is None
        whole = await call.read(expand=["participants", "operations"])
        assert len(whole.participants) == 3
        assert len(whole.operations) == 1


async def test_the_parts_of_a_call_that_is_over_raise_call_ended(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        participants = call.participants
        waiting = asyncio.create_task(participants.invite(user(world, "Ben")))
        while not await call.operations.list():
            pass
        emulated.group.remove_bot()
        with pytest.raises(CallEnded):
            await waiting
        for verb in (
            participants.list,
            call.operations.list,
            call.audio_routing.list,
            call.content_sharing.list,
        ):
            with pytest.raises(CallEnded):
                await verb()


async def test_who_waits_on_a_part_of_a_call_needs_not_hold_the_call(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        participants = (await meet(world, bot))[0].participants
        await world.settled()
        gc.collect()
        done = await participants.invite(user(world, "Ben", WhenCalled.ANSWER), limit=10.0)
        assert done.status is OperationStatus.COMPLETED


async def test_what_only_beta_can_do_is_behind_its_door(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        for verb in (
            call.beta.start_recording,
            call.beta.stop_recording,
            call.beta.start_transcription,
            call.beta.stop_transcription,
            call.beta.admit_all_from_lobby,
        ):
            assert (await verb()).status is OperationStatus.COMPLETED
        ana, femi = named(call, emulated, "Ana"), named(call, emulated, "Femi")
        await call.beta.mute_all([ana, femi.id or ""])
        await world.until(lambda: named(call, emulated, "Ana").is_muted is True)
        await call.beta.admit_from_lobby(ana)
        await call.beta.remove_from_lobby(ana)
        with pytest.raises(NotFound):
            await call.beta.admit_from_lobby("nobody")


async def test_a_loop_of_beta_plays_until_it_is_cancelled(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        await call.audio_ready()
        begun = await call.beta.play(WELCOME)
        assert begun.status is OperationStatus.RUNNING
        await emulated.until_heard(3)
        await call.cancel_media()


async def test_beta_records_too(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await connect(world, bot)
        recording = await call.beta.record(max_duration=1, stream_while_recording=True)
        assert recording.finished
        assert recording.location


async def test_beta_redirects_without_showing_the_caller(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, _ = await ring(world, bot)
        await call.beta.redirect(user(world, "Femi"), mask_caller=True)
        await call.until(CallState.TERMINATED)
