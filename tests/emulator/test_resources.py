"""What a call contains, and the verbs of a bot about itself in a group."""

from typing import Any

import pytest

from callbot.emulator import AppRegistration
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import answered, group, joined

QUALITY = {
    "callChainId": "a",
    "participantId": "b",
    "mediaLegId": "c",
    "deviceName": "d",
    "deviceDescription": "e",
    "mediaQualityList": [],
}


async def test_audio_routing_groups_are_created_changed_and_deleted(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    ana, femi = call.group.participant_id("Ana"), call.group.participant_id("Femi")
    path = f"/communications/calls/{call.id}/audioRoutingGroups"
    body: dict[str, Any] = {
        "id": "whisper",
        "routingMode": "oneToOne",
        "sources": [ana],
        "receivers": [femi],
    }
    created = await bot.post(path, body)
    assert (created.status, created.body["routingMode"]) == (200, "oneToOne")
    assert (await bot.post(path, body)).code == "8519"
    changed = await bot.request(
        "PATCH", f"{path}/whisper", {"routingMode": "multicast", "receivers": [ana, femi]}
    )
    assert changed.body["receivers"] == [ana, femi]
    assert (await bot.get(f"{path}/whisper")).body["sources"] == [ana]
    assert len((await bot.get(path)).body["value"]) == 1
    assert (await bot.request("DELETE", f"{path}/whisper")).status == 204
    assert (await bot.get(f"{path}/whisper")).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"routingMode": "round"},
        {"sources": ["nobody"]},
        {"receivers": []},
        {"sources": None},
    ],
)
async def test_a_routing_group_that_breaks_a_rule_is_refused(bot: Bot, changes: dict[str, Any]) -> None:
    call = await group(bot, "Ana", "Femi")
    ana = call.group.participant_id("Ana")
    body = {"id": "g", "routingMode": "oneToOne", "sources": [ana], "receivers": [ana], **changes}
    reply = await bot.post(f"/communications/calls/{call.id}/audioRoutingGroups", body)
    assert (reply.status, reply.code) == (400, "8523")


async def test_operations_can_be_read(bot: Bot) -> None:
    call = await answered(bot)
    done = (await bot.verb(call.id, "subscribeToTone", {"clientContext": "t"})).body
    path = f"/communications/calls/{call.id}/operations"
    assert (await bot.get(f"{path}/{done['id']}")).body["status"] == "completed"
    assert len((await bot.get(path)).body["value"]) == 1
    assert (await bot.get(f"{path}/none")).status == 404


async def test_a_call_is_read_with_what_it_contains(bot: Bot) -> None:
    call = await joined(bot)
    await bot.until("updated participants")
    shown = (await bot.get(f"/communications/calls/{call.id}?$expand=participants,operations")).body
    assert len(shown["participants"]) == 3
    assert shown["operations"] == []
    assert (await bot.get(f"/communications/calls/{call.id}?$expand=secrets")).code == "8523"


async def test_device_quality_is_taken_in_with_all_its_parts(bot: Bot) -> None:
    path = "/communications/calls/logTeleconferenceDeviceQuality"
    assert (await bot.post(path, {"quality": QUALITY})).status == 200
    reply = await bot.post(path, {"quality": {**QUALITY, "deviceName": None}})
    assert (reply.status, reply.code) == (400, "8523")


async def test_a_large_gallery_is_added(bot: Bot) -> None:
    call = await joined(bot)
    reply = await bot.verb(call.id, "addLargeGalleryView", {"clientContext": "g"})
    assert (reply.status, reply.body["status"]) == (202, "running")
    finished = await bot.until("deleted operations")
    assert finished.data["@odata.type"] == "#microsoft.graph.addLargeGalleryViewOperation"


async def test_the_screen_is_shared_with_application_hosted_media_only(bot: Bot) -> None:
    call = await joined(bot)
    reply = await bot.verb(call.id, "changeScreenSharingRole", {"role": "sharer"})
    assert (reply.status, reply.code) == (400, "8500")
    own = {"@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "{}"}
    able = await joined(bot, mediaConfig=own)
    await bot.emulator.log.until(lambda: able.audio_active)
    await bot.emulator.until_idle()
    before = len(bot.of("updated participants"))
    assert (await bot.verb(able.id, "changeScreenSharingRole", {"role": "Sharer"})).status == 202
    told = await bot.until("updated participants", before + 1)
    assert "videoBasedScreenSharing" in str(told.data)
    assert (await bot.verb(able.id, "changeScreenSharingRole", {"role": "owner"})).code == "8523"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("subscribeToTone", {}),
        ("changeScreenSharingRole", {"role": "viewer"}),
        ("audioRoutingGroups", {"id": "g"}),
        ("participants/invite", {"participants": []}),
        ("addLargeGalleryView", {}),
        ("redirect", {"targets": []}),
    ],
)
async def test_each_verb_needs_its_permission(start: Start, verb: str, body: dict[str, Any]) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.Other.All",)),))
    call = await bot.emulator.place_call("Ana")
    reply = await bot.verb(call.id, verb, body)
    assert (reply.status, reply.code) == (403, "7504")


async def test_app_hosted_media_needs_access_to_media(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    own = {"@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "{}"}
    reply = await bot.post("/communications/calls", bot.create_body("x", mediaConfig=own))
    assert (reply.status, reply.code) == (403, "7504")
