"""Participants: reading, inviting, muting, hold music, removing."""

from typing import Any

import pytest

from callbot.emulator import AppRegistration, Unsettled
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import BEN, FEMI, PHONE, answered, group, joined, phone, quick, somebody, user


def invitation(*people: dict[str, Any]) -> dict[str, Any]:
    return {"participants": list(people), "clientContext": "invite"}


async def test_participants_are_listed_with_nulls_and_read_one_by_one(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    listed = (await bot.get(f"/communications/calls/{call.id}/participants")).body
    assert listed["@odata.context"].endswith(f"#communications/calls('{call.id}')/participants")
    ana = next(one for one in listed["value"] if one["info"]["identity"]["user"])
    assert ana["recordingInfo"] is None
    assert ana["info"]["identity"]["application"] is None
    one = (await bot.get(f"/communications/calls/{call.id}/participants/{ana['id']}")).body
    assert one["id"] == ana["id"]
    few = (await bot.get(f"/communications/calls/{call.id}/participants?$select=isMuted")).body
    assert {key for key in few["value"][0] if not key.startswith("@")} == {"isMuted"}


async def test_a_call_of_two_has_no_participants_to_read(start: Start) -> None:
    for code in ("8558", "8522"):
        bot = await start(unsettled=Unsettled(participant_not_found=code))
        call = await answered(bot)
        source = bot.received[0].data["incomingContext"]["sourceParticipantId"]
        answer = await bot.get(f"/communications/calls/{call.id}/participants/{source}")
        assert (answer.status, answer.code) == (404, code)
        assert answer.body["error"]["message"] == "Participant not found."


async def test_an_invited_person_answers_and_the_operation_completes(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    zoe = somebody(bot, "Zoe")
    reply = await bot.verb(call.id, "participants/invite", invitation(user(zoe.id)))
    assert (reply.status, reply.body["status"]) == (200, "Running")
    assert reply.body["participants"][0]["replacesCallId"] is None
    finished = await bot.until("deleted operations")
    assert finished.data["@odata.type"] == "#microsoft.graph.inviteParticipantsOperation"
    assert finished.data["status"] == "completed"
    assert "Zoe" in call.group.names


async def test_an_invitation_of_somebody_who_declines_fails(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    yan = somebody(bot, "Yan", when_called="decline")
    await bot.verb(call.id, "participants/invite", invitation(user(yan.id)))
    finished = await bot.until("deleted operations")
    assert finished.data["status"] == "failed"
    assert (finished.data["resultInfo"]["code"], finished.data["resultInfo"]["subcode"]) == (412, 9999)
    assert "addParticipants failed" in finished.data["resultInfo"]["message"]


async def test_an_invitation_of_several_finishes_once(start: Start) -> None:
    bot = await start(unsettled=Unsettled(multi_invite_odd_path=True))
    call = await group(bot, "Ana", "Femi")
    zoe, yan = somebody(bot, "Zoe"), somebody(bot, "Yan")
    await bot.verb(call.id, "participants/invite", invitation(user(zoe.id), user(yan.id)))
    finished = await bot.until("deleted operations")
    assert finished.item["resourceUrl"].endswith("/operations/participants")
    assert {"Zoe", "Yan"} <= set(call.group.names)


async def test_a_person_is_taken_over_from_another_call(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    quick(bot, "Ben")
    other = bot.emulator.call(await bot.place(BEN))
    await other.until("established")
    await bot.verb(call.id, "participants/invite", invitation(user(BEN, replacesCallId=other.id)))
    await bot.until("deleted operations")
    await other.until_over()
    assert "Ben" in call.group.names


async def test_taking_over_from_no_call_fails_the_operation(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    await bot.verb(call.id, "participants/invite", invitation(user(BEN, replacesCallId="nothing")))
    finished = await bot.until("deleted operations")
    assert finished.data["resultInfo"]["code"] == 500


@pytest.mark.parametrize("people", [[], [user(str(number)) for number in range(6)]])
async def test_none_or_six_cannot_be_invited(bot: Bot, people: list[Any]) -> None:
    call = await group(bot, "Ana", "Femi")
    reply = await bot.verb(call.id, "participants/invite", invitation(*people))
    assert (reply.status, reply.code) == (400, "8523")


async def test_nobody_is_invited_twice(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    assert (await bot.verb(call.id, "participants/invite", invitation(user(BEN)))).status == 200
    for known in (FEMI, BEN):
        reply = await bot.verb(call.id, "participants/invite", invitation(user(known)))
        assert (reply.status, reply.code) == (400, "8523")


async def test_inviting_from_a_call_of_two_is_refused_or_makes_it_a_group(start: Start) -> None:
    bot = await start()
    call = await answered(bot)
    reply = await bot.verb(call.id, "participants/invite", invitation(user(FEMI)))
    assert (reply.status, reply.code) == (400, "8548")
    bold = await start(unsettled=Unsettled(p2p_invite_escalates=True))
    call = await answered(bold)
    quick(bold, "Femi")
    reply = await bold.verb(call.id, "participants/invite", invitation(user(FEMI)))
    assert reply.status == 200
    await bold.until("deleted operations")
    assert call.group.names == ["Ana", "Femi"]


async def test_a_telephone_is_invited_only_with_an_application_instance(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    reply = await bot.verb(call.id, "participants/invite", invitation(phone()))
    assert (reply.status, reply.code) == (400, "8523")
    instance = {"identity": {"applicationInstance": {"id": "17a5b1c2-6e3f-4a0d-8b77-0c1d2e3f4a55"}}}
    able = await group(bot, "Ana", "Femi", source=instance)
    quick(bot, PHONE)
    reply = await bot.verb(able.id, "participants/invite", invitation(phone()))
    assert reply.status == 200
    await bot.until("deleted operations")
    assert "Gil" in able.group.names


async def test_a_pending_invitation_is_taken_back(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    wanted = "33333333-0000-4000-8000-000000000001"
    await bot.verb(call.id, "participants/invite", invitation(user(BEN, participantId=wanted)))
    reply = await bot.request("DELETE", f"/communications/calls/{call.id}/participants/{wanted}")
    assert reply.status == 204
    with pytest.raises(KeyError):
        call.answer("Ben")


async def test_muting_tells_everybody(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    before = len(bot.of("updated participants"))
    ana = call.group.participant_id("Ana")
    reply = await bot.verb(call.id, f"participants/{ana}/mute", {"clientContext": "m"})
    assert (reply.status, reply.body["status"]) == (200, "completed")
    told = await bot.until("updated participants", before + 1)
    assert [one["isMuted"] for one in told.data if one["id"] == ana] == [True]
    for verb in ("mute", "unmute"):
        reply = await bot.verb(call.id, verb, {"clientContext": "m"})
        assert reply.body["status"] == "completed"
    told = await bot.until("updated participants", before + 3)
    assert [one["isMuted"] for one in told.data if one["id"] == call.group.participant_id()] == [False]


async def test_muting_is_for_group_calls(bot: Bot) -> None:
    call = await answered(bot)
    reply = await bot.verb(call.id, "mute", {"clientContext": "m"})
    assert (reply.status, reply.code) == (400, "8548")


async def test_one_participant_at_a_time_hears_hold_music(start: Start) -> None:
    bot = await start(unsettled=Unsettled(hold_music_without_slash=True))
    call = await group(bot, "Ana", "Femi")
    ana, femi = call.group.participant_id("Ana"), call.group.participant_id("Femi")
    reply = await bot.verb(call.id, f"participants/{ana}/startHoldMusic", {"clientContext": "h"})
    assert (reply.status, reply.body["status"]) == (202, "running")
    await bot.emulator.log.until(
        lambda: bool(bot.received) and "startHoldMusic" in str(bot.received[-1].body)
    )
    assert bot.received[-1].item["resourceUrl"].startswith("communications/calls/")
    second = await bot.verb(call.id, f"participants/{femi}/startHoldMusic", {"clientContext": "h"})
    assert (second.status, second.code) == (409, "8519")
    wrong = await bot.verb(call.id, f"participants/{femi}/stopHoldMusic", {"clientContext": "h"})
    assert (wrong.status, wrong.code) == (400, "8585")
    assert (await bot.verb(call.id, f"participants/{ana}/stopHoldMusic", {})).status == 202


async def test_a_participant_is_removed(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    path = f"/communications/calls/{call.id}/participants"
    assert (await bot.request("DELETE", f"{path}/{call.group.participant_id('Ana')}")).status == 204
    assert call.group.names == ["Femi"]
    assert (await bot.request("DELETE", f"{path}/nobody")).status == 404


async def test_removing_needs_the_tenants_consent_and_spares_the_organizer(start: Start) -> None:
    strict = await start(apps=(AppRegistration(may_remove_participants=False),))
    call = await joined(strict)
    path = f"/communications/calls/{call.id}/participants/{call.group.participant_id('Femi')}"
    assert (await strict.request("DELETE", path)).code == "7504"
    bot = await start()
    call = await joined(bot)
    path = f"/communications/calls/{call.id}/participants/{call.group.participant_id('Ana')}"
    reply = await bot.request("DELETE", path)
    assert (reply.status, reply.code) == (400, "8552")
