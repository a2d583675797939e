"""Placing calls and joining meetings through the bot, over HTTPS."""

import pytest

from callbot import (
    AppHostedMediaConfig,
    Application,
    AuthenticationFailed,
    CallState,
    ConfigurationError,
    InvalidArgument,
    MeetingCoordinates,
    MeetingToken,
    OutgoingCallOptions,
    Phone,
    ResourceAccount,
    User,
    parse_join_link,
)
from callbot.emulator import APP_ID, INSTANCE_ID, TENANT_ID, WhenCalled
from callbot.model import TeleconferenceDeviceQuality, TokenMeetingInfo
from tests.end_to_end.conftest import Start, World
from tests.end_to_end.verbs import MEETING_ID, PASSCODE, WELCOME, Passive, connect, meet, user

GIL = "+442079460123"


def coordinates(world: World) -> MeetingCoordinates:
    (meeting,) = world.emulator.platform.calendar
    return MeetingCoordinates(meeting.thread_id, meeting.organizer_id, meeting.tenant_id)


async def test_a_call_is_placed_with_everything_that_can_be_said_about_it(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call = await bot.place_call(
            user(world, "Femi"),
            source=Application(APP_ID),
            subject="Your appointment",
            prefetch=[WELCOME],
            options=OutgoingCallOptions(is_content_sharing_notification_enabled=True),
            tenant=TENANT_ID,
            scenario_id="4b3b9d9e-6a30-4d4b-8a0e-1f2a3b4c5d6e",
        )
        assert call.state is CallState.ESTABLISHING
        await call.until(CallState.ESTABLISHED)
        document = world.emulator.call(call.id).document()
        assert document["subject"] == "Your appointment"
        assert call.resource.media_config is not None


async def test_a_call_with_media_of_the_bots_own_carries_its_blob(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call = await bot.place_call(
            user(world, "Femi"), media_config=AppHostedMediaConfig(blob="opaque"), source=Application(APP_ID)
        )
        await call.until(CallState.ESTABLISHED)
        config = world.emulator.call(call.id).document()["mediaConfig"]
        assert isinstance(config, dict)
        assert config["@odata.type"] == "#microsoft.graph.appHostedMediaConfig"


async def test_a_group_call_rings_at_everybody(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call = await bot.place_group_call(
            [user(world, "Femi"), user(world, "Ana", WhenCalled.ANSWER)], subject="Standup"
        )
        await call.until(CallState.ESTABLISHED)
        await world.until(lambda: len(call.roster) == 3)


@pytest.mark.parametrize(("people", "limit"), [(1, "at least two people"), (6, "targets must be at most 5")])
async def test_a_group_call_names_its_limit(start: Start, people: int, limit: str) -> None:
    bot = Passive()
    async with start(bot):
        with pytest.raises(InvalidArgument, match=limit):
            await bot.place_group_call([User(f"u{number}") for number in range(people)])


async def test_a_telephone_is_called_from_a_resource_account(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        world.emulator.person("Gil").behaviour = world.emulator.person("Femi").behaviour.model_copy(
            update={"after": 0.0}
        )
        call = await bot.place_call(Phone(GIL), source=ResourceAccount(INSTANCE_ID))
        await call.until(CallState.ESTABLISHED)


async def test_a_telephone_needs_a_resource_account_of_the_bot(start: Start) -> None:
    bot = Passive()
    async with start(bot):
        with pytest.raises(InvalidArgument, match="source=ResourceAccount"):
            await bot.place_call(Phone(GIL))
        with pytest.raises(InvalidArgument) as refused:
            await bot.place_call(Phone(GIL), source=ResourceAccount("11111111-1111-4111-8111-111111111111"))
        assert refused.value.code == "7507"


async def test_a_meeting_is_joined_by_its_id_and_passcode(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await meet(world, bot)
        assert sorted(emulated.group.names) == ["Ana", "Femi"]
        assert call.resource.chat_info is not None


async def test_a_wrong_passcode_is_refused_with_the_reason(start: Start) -> None:
    bot = Passive()
    async with start(bot):
        with pytest.raises(InvalidArgument) as refused:
            await bot.join_meeting(MEETING_ID, passcode="wrong")
        assert refused.value.code == "8561"


@pytest.mark.parametrize("link", ["https://teams.microsoft.com/meet/231234567890?p=abc123"])
async def test_a_meeting_is_joined_by_its_short_link(start: Start, link: str) -> None:
    bot = Passive()
    async with start(bot):
        call = await bot.join_meeting(link)
        await call.until(CallState.ESTABLISHED)


async def test_a_meeting_is_joined_by_its_long_link_and_by_its_coordinates(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        where = coordinates(world)
        link = (
            f"https://teams.microsoft.com/l/meetup-join/{where.thread_id}/0?context="
            f'{{"Tid":"{where.tenant_id}","Oid":"{where.organizer_id}"}}'
        )
        for meeting in (link, where, parse_join_link(link)):
            call = await bot.join_meeting(meeting)
            await call.until(CallState.ESTABLISHED)


async def test_a_link_without_context_is_completed_by_the_organizer(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        where = coordinates(world)
        link = f"https://teams.microsoft.com/l/meetup-join/{where.thread_id}/0"
        with pytest.raises(InvalidArgument, match="organizer is not known"):
            await bot.join_meeting(link)
        organizer = User(where.organizer_id or "", tenant_id=where.tenant_id)
        call = await bot.join_meeting(link, organizer=organizer)
        await call.until(CallState.ESTABLISHED)


async def test_a_call_is_joined_again_by_the_token_of_its_notifications(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call, emulated = await connect(world, bot)
        emulated.group.join("Ana")
        await world.until(lambda: isinstance(call.resource.meeting_info, TokenMeetingInfo))
        info = call.resource.meeting_info
        assert isinstance(info, TokenMeetingInfo)
        again = await bot.join_meeting(MeetingToken(info.token or ""))
        await again.until(CallState.ESTABLISHED)


async def test_a_guest_waits_in_the_lobby_until_somebody_lets_it_in(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call = await bot.join_meeting(MEETING_ID, passcode=PASSCODE, as_guest="Note taker")
        await call.until(CallState.ESTABLISHED)
        await world.until(lambda: len(call.roster) == 1)
        assert call.roster[0].is_in_lobby
        world.emulator.call(call.id).group.admit()
        await world.until(lambda: len(call.roster) == 3)


async def test_a_personal_meeting_is_refused_with_the_reason(start: Start) -> None:
    bot = Passive()
    async with start(bot):
        with pytest.raises(InvalidArgument, match="personal meeting"):
            await bot.join_meeting("https://teams.live.com/meet/9312345678901?p=x")


async def test_only_beta_lets_a_call_ring_for_a_given_time(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        call = await bot.beta.place_call(user(world, "Ben"), ringing_timeout=1)
        await call.until(CallState.TERMINATED)
        with pytest.raises(InvalidArgument, match="ringing_timeout_in_seconds must be 1 to 115 seconds"):
            await bot.beta.place_call(user(world, "Ben"), ringing_timeout=116)


async def test_a_call_in_a_tenant_that_does_not_know_the_app_is_refused(start: Start) -> None:
    bot = Passive()
    async with start(bot) as world:
        with pytest.raises(AuthenticationFailed, match="no such tenant"):
            await bot.place_call(user(world, "Femi"), tenant="00000000-0000-4000-8000-000000000000")


async def test_what_a_device_measured_can_be_reported(start: Start) -> None:
    bot = Passive()
    async with start(bot):
        quality = TeleconferenceDeviceQuality.view(
            {
                "callChainId": "0622673d-9f69-49b3-9d4f-5ec64f42ecce",
                "participantId": "ea078406-b5d4-4d3c-b85e-90103dcec7f6",
                "mediaLegId": "bd9ee398-4b9d-42c7-8b8d-4e8efad9435f",
                "deviceName": "TestAgent",
                "deviceDescription": "TestDescription",
                "mediaQualityList": [],
            }
        )
        await bot.log_device_quality(quality)
        with pytest.raises(InvalidArgument):
            await bot.log_device_quality(TeleconferenceDeviceQuality.view({}))


async def test_a_bot_that_is_not_running_says_so() -> None:
    bot = Passive()
    with pytest.raises(ConfigurationError, match="not running"):
        await bot.join_meeting(MEETING_ID)
    with pytest.raises(ConfigurationError, match="not running"):
        _ = bot.beta
