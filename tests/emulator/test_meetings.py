"""Joining meetings, by each of the ways in, and waiting in the lobby."""

from typing import Any

import pytest

from callbot.emulator import AppRegistration, Lobby, Meeting, Timing, Unsettled
from tests.emulator.bot import Bot
from tests.emulator.conftest import QUICK, Start
from tests.emulator.scenes import (
    ANA,
    GUEST,
    JOIN_ID,
    PASSCODE,
    THREAD,
    joined,
    meeting_body,
    names_in,
)


def by_number(number: str = JOIN_ID, passcode: str | None = PASSCODE) -> dict[str, Any]:
    return {
        "chatInfo": None,
        "meetingInfo": {
            "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo",
            "joinMeetingId": number,
            "passcode": passcode,
        },
    }


async def test_a_meeting_is_joined_by_its_coordinates(bot: Bot) -> None:
    call = await joined(bot)
    roster = await bot.until("updated participants")
    establishing = bot.of("updated establishing")[0].data
    assert establishing["chatInfo"]["threadId"] == THREAD
    assert establishing["meetingInfo"]["organizer"]["user"]["id"] == ANA
    assert sorted(names_in(roster.data)) == ["Ana", "Femi", "Greeter"]
    shown = (await bot.get(f"/communications/calls/{call.id}")).body
    assert shown["meetingInfo"]["@odata.type"] == "#microsoft.graph.organizerMeetingInfo"


async def test_a_meeting_is_joined_by_its_number_and_passcode(bot: Bot) -> None:
    call = await joined(bot, **by_number("231 234 567 890"))
    await bot.until("updated participants")
    shown = (await bot.get(f"/communications/calls/{call.id}")).body
    assert shown["chatInfo"]["threadId"] == THREAD


@pytest.mark.parametrize(("number", "passcode"), [(JOIN_ID, "wrong"), (JOIN_ID, None), ("1", PASSCODE)])
async def test_a_wrong_number_or_passcode_is_refused(bot: Bot, number: str, passcode: str | None) -> None:
    answer = await bot.post("/communications/calls", meeting_body(bot, **by_number(number, passcode)))
    assert (answer.status, answer.code) == (400, "8561")


async def test_a_wrong_number_can_end_the_call_instead(start: Start) -> None:
    bot = await start(unsettled=Unsettled(bad_join_ends_call=True))
    answer = await bot.post("/communications/calls", meeting_body(bot, **by_number("1")))
    assert answer.status == 201
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 2203


async def test_a_meeting_is_joined_again_by_its_token(bot: Bot) -> None:
    first = await joined(bot)
    await bot.until("updated participants")
    invited = await bot.emulator.place_recorded_call("Ana", "Femi")
    created = await bot.until("created incoming")
    token = created.data["meetingInfo"]
    await bot.verb(invited.id, "answer", bot.answer_body())
    await bot.until("updated established", 3)
    second = await joined(bot, chatInfo=None, meetingInfo=token)
    assert second.document()["callChainId"] == invited.document()["callChainId"]
    assert second.document()["callChainId"] != first.document()["callChainId"]

    broken = {**token, "token": token["token"][:-4] + "AAAA"}
    answer = await bot.post("/communications/calls", meeting_body(bot, chatInfo=None, meetingInfo=broken))
    assert (answer.status, answer.code) == (400, "8526")


async def test_an_app_may_join_the_same_meeting_several_times(bot: Bot) -> None:
    first, second = await joined(bot), await joined(bot)
    await bot.emulator.log.until(lambda: second.audio_active)
    assert first.id != second.id
    assert len(first.group.roster) == 4


async def test_a_guest_waits_in_the_lobby_and_sees_only_itself(bot: Bot) -> None:
    call = await joined(bot, source=GUEST)
    alone = await bot.until("updated participants")
    assert [entry["isInLobby"] for entry in alone.data] == [True]
    call.group.leave("Femi")
    call.group.admit()
    everybody = await bot.until("updated participants", 2)
    assert sorted(names_in(everybody.data)) == ["Ana", "Guest"]
    assert {entry["isInLobby"] for entry in everybody.data} == {False}
    await bot.emulator.log.until(lambda: call.audio_active)


async def test_a_guest_may_be_sent_away_from_the_lobby(bot: Bot) -> None:
    call = await joined(bot, source=GUEST)
    call.group.deny()
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 5300


async def test_a_guest_nobody_admits_is_removed(start: Start) -> None:
    bot = await start(timing=QUICK.model_copy(update={"lobby": 0.01}))
    call = await joined(bot, source=GUEST)
    await call.until_over()
    assert call.transitions[-1].subcode == 5855


async def test_joining_needs_the_permission_of_a_member_or_a_guest(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.JoinGroupCallAsGuest.All",)),))
    refused = await bot.post("/communications/calls", meeting_body(bot))
    assert (refused.status, refused.code) == (403, "7504")
    assert (await bot.post("/communications/calls", meeting_body(bot, source=GUEST))).status == 201


async def test_a_meeting_of_another_tenant_is_refused(start: Start) -> None:
    elsewhere = Meeting(thread_id="19:a@thread.v2", tenant_id="9c1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b99")
    bot = await start(meetings=(elsewhere,))
    body = meeting_body(bot, chatInfo={"threadId": "19:a@thread.v2", "messageId": "0"})
    answer = await bot.post("/communications/calls", body)
    assert (answer.status, answer.code) == (403, "7505")


async def test_an_unknown_meeting_is_made_or_refused(start: Start) -> None:
    chat = {"threadId": "19:unknown@thread.v2", "messageId": "0"}
    bot = await start()
    call = await joined(bot, chatInfo=chat)
    assert call.group.names == ["Ana"]
    strict = await start(any_meeting=False)
    answer = await strict.post("/communications/calls", meeting_body(strict, chatInfo=chat))
    assert (answer.status, answer.code) == (400, "8527")


@pytest.mark.parametrize(
    "changes",
    [
        {"meetingInfo": None},
        {"chatInfo": {}},
        {"meetingInfo": {"@odata.type": "#microsoft.graph.organizerMeetingInfo", "organizer": {}}},
        {"meetingInfo": {"@odata.type": "#microsoft.graph.secretMeetingInfo"}},
    ],
)
async def test_a_join_without_its_parts_is_refused(bot: Bot, changes: dict[str, Any]) -> None:
    answer = await bot.post("/communications/calls", meeting_body(bot, **changes))
    assert (answer.status, answer.code) == (400, "8523")


async def test_a_locked_meeting_lets_nobody_in(start: Start) -> None:
    bot = await start(meetings=(Meeting(thread_id=THREAD, organizer_id=ANA, locked=True),))
    answer = await bot.post("/communications/calls", meeting_body(bot))
    assert (answer.status, answer.code) == (403, "8560")


async def test_a_lobby_for_everybody_keeps_members_waiting(start: Start) -> None:
    bot = await start(
        meetings=(Meeting(thread_id=THREAD, organizer_id=ANA, attendees=(ANA,), lobby=Lobby.EVERYBODY),)
    )
    await joined(bot)
    assert [entry["isInLobby"] for entry in (await bot.until("updated participants")).data] == [True]


async def test_a_meeting_that_ends_ends_every_leg(bot: Bot) -> None:
    first, second = await joined(bot), await joined(bot)
    first.group.end()
    assert first.over
    assert second.over
    assert first.transitions[-1].subcode == 5001
    again = await joined(bot)
    assert again.group.names == ["Ana", "Femi"]


async def test_a_removed_bot_hears_only_its_end(bot: Bot) -> None:
    call = await joined(bot)
    await bot.until("updated participants")
    call.group.remove_bot()
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 5300
    await bot.emulator.until_idle()
    assert bot.kinds[-1] == "deleted terminated"


async def test_a_bot_is_invited_into_a_meeting(bot: Bot) -> None:
    call = await bot.emulator.invite_bot("Ana")
    created = await bot.until("created incoming")
    assert created.data["chatInfo"]["threadId"] == THREAD
    assert created.data["meetingInfo"]["organizer"]["user"]["id"] == ANA
    await bot.verb(call.id, "answer", bot.answer_body())
    roster = await bot.until("updated participants")
    assert sorted(names_in(roster.data)) == ["Ana", "Femi", "Greeter"]


async def test_answering_a_group_call_needs_a_permission_to_join(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    call = await bot.emulator.invite_bot("Ana")
    answer = await bot.verb(call.id, "answer", bot.answer_body())
    assert (answer.status, answer.code) == (403, "7504")


async def test_a_meeting_nobody_else_is_in_ends_for_the_bot(start: Start) -> None:
    hasty = Timing(establish=0.01, media=0.01, nobody_joined=0.02)
    bot = await start(timing=hasty, meetings=(Meeting(thread_id=THREAD, organizer_id=ANA),))
    call = await joined(bot)
    await call.until_over()
    assert call.transitions[-1].subcode == 5013


async def test_people_outside_can_join_and_share(bot: Bot) -> None:
    options = {
        "@odata.type": "#microsoft.graph.outgoingCallOptions",
        "isContentSharingNotificationEnabled": True,
    }
    call = await joined(bot, callOptions=options)
    await bot.until("updated participants")
    call.group.join("Ben")
    call.group.share_screen("Ben")
    shared = await bot.until("updated participants", 3)
    streams = [
        stream["mediaType"] + " " + stream["direction"]
        for entry in shared.data
        for stream in entry["mediaStreams"]
        if names_in([entry]) == ["Ben"]
    ]
    assert streams == ["audio sendReceive", "videoBasedScreenSharing sendOnly"]
    call.group.share_content("Ben")
    created = await bot.until("created contentsharingsessions")
    (content,) = created.data
    assert len(content["id"]) == 64
    listed = await bot.get(f"/communications/calls/{call.id}/contentSharingSessions")
    assert [one["id"] for one in listed.body["value"]] == [content["id"]]
    one = await bot.get(f"/communications/calls/{call.id}/contentSharingSessions/{content['id']}")
    assert one.body["id"] == content["id"]
    call.group.share_content("Ben", shares=False)
    await bot.until("deleted contentsharingsessions")
