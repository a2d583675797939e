"""National clouds lack what the global one has; beta has more; quotas are limited."""

from typing import Any

import pytest

from callbot.emulator import Cloud, Limits
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import ANA, BEN, GUEST, answered, group, joined


@pytest.mark.parametrize("cloud", [Cloud.US_GOV_L4, Cloud.US_GOV_L5, Cloud.BLEU, Cloud.US_NAT])
async def test_a_verb_the_cloud_lacks_is_an_unknown_segment(start: Start, cloud: Cloud) -> None:
    bot = await start(cloud=cloud)
    call = await answered(bot)
    for method, verb in (
        ("POST", "sendDtmfTones"),
        ("POST", "addLargeGalleryView"),
        ("GET", "audioRoutingGroups"),
        ("GET", "contentSharingSessions"),
    ):
        reply = await bot.request(method, f"/communications/calls/{call.id}/{verb}", {})
        assert (reply.status, reply.code) == (400, "BadRequest")


async def test_parameters_the_cloud_lacks_are_refused(start: Start) -> None:
    bot = await start(cloud=Cloud.US_GOV_L4)
    call = await bot.emulator.place_call("Ana")
    extras: tuple[dict[str, Any], ...] = ({"participantCapacity": 2}, {"callOptions": {}})
    for extra in extras:
        reply = await bot.verb(call.id, "answer", bot.answer_body(**extra))
        assert (reply.status, reply.code) == (400, "BadRequest")


async def test_rosters_of_other_clouds_have_less(start: Start) -> None:
    bot = await start(cloud=Cloud.US_GOV_L4)
    call = await group(bot, "Ana", "Femi")
    listed = (await bot.get(f"/communications/calls/{call.id}/participants")).body["value"]
    assert "metadata" not in listed[0]


async def test_china_has_no_calls_at_all(start: Start) -> None:
    bot = await start(cloud=Cloud.CHINA)
    reply = await bot.post("/communications/calls", bot.create_body(ANA))
    assert (reply.status, reply.body["error"]["message"]) == (
        400,
        "Resource not found for the segment 'communications'.",
    )


async def test_some_clouds_have_no_beta(start: Start) -> None:
    bot = await start(cloud=Cloud.US_SEC)
    reply = await bot.post("/communications/calls", bot.create_body(ANA), version="beta")
    assert reply.status == 400
    assert (await bot.post("/communications/calls", bot.create_body(ANA))).status == 201


BETA: list[tuple[str, dict[str, Any]]] = [
    ("startRecording", {"clientContext": "b"}),
    ("stopRecording", {"clientContext": "b"}),
    ("startTranscription", {"clientContext": "b", "language": "en-US"}),
    ("stopTranscription", {"clientContext": "b"}),
    ("participants/admitAllFromLobby", {"clientContext": "b"}),
]


@pytest.mark.parametrize(("verb", "body"), BETA)
async def test_beta_verbs_run_to_their_operation_and_do_not_exist_in_v1(
    bot: Bot, verb: str, body: dict[str, Any]
) -> None:
    call = await joined(bot)
    await bot.emulator.log.until(lambda: call.audio_active)
    assert (await bot.verb(call.id, verb, body)).status in (400, 405)
    reply = await bot.verb(call.id, verb, body, version="beta")
    assert (reply.status, reply.body["status"]) == (200, "running")
    finished = await bot.until("deleted operations")
    assert finished.data["status"] == "completed"


async def test_transcription_is_told_on_the_call(bot: Bot) -> None:
    call = await joined(bot)
    await bot.emulator.log.until(lambda: call.audio_active)
    await bot.verb(call.id, "startTranscription", {"clientContext": "b"}, version="beta")
    await bot.until("deleted operations")
    shown = (await bot.get(f"/communications/calls/{call.id}")).body
    assert shown["transcription"]["state"] == "active"
    assert any("transcription" in received.data for received in bot.of("updated established"))


async def test_one_bot_lets_another_in_from_the_lobby(bot: Bot) -> None:
    inside = await joined(bot)
    waiting = await joined(bot, source=GUEST)
    pid = waiting.group.participant_id()
    reply = await bot.verb(inside.id, f"participants/{pid}/admitFromLobby", {}, version="beta")
    assert reply.status == 200
    await bot.emulator.log.until(lambda: waiting.audio_active)
    third = await joined(bot, source=GUEST)
    pid = third.group.participant_id()
    await bot.verb(inside.id, f"participants/{pid}/removeFromLobby", {}, version="beta")
    await third.until_over()


async def test_all_named_participants_are_muted(bot: Bot) -> None:
    call = await group(bot, "Ana", "Femi")
    ids = [call.group.participant_id(name) for name in ("Ana", "Femi")]
    await bot.verb(call.id, "participants/muteAll", {"participants": ids}, version="beta")
    await bot.until("deleted operations")
    muted = [one["id"] for one in call.group.roster if one["isMuted"]]
    assert muted == ids


async def test_a_slide_is_a_picture(bot: Bot) -> None:
    call = await joined(bot)
    call.group.share_content("Ana")
    path = f"/communications/calls/{call.id}/contentSharingSessions"
    (content,) = (await bot.get(path)).body["value"]
    reply = await bot.get(f"{path}/{content['id']}/pngOfCurrentSlide", version="beta")
    assert reply.headers["Content-Type"] == "image/png"


async def test_too_many_requests_are_throttled_until_the_window_ends(start: Start) -> None:
    clock = ManualClock(1_767_225_600.5)
    bot = await start(clock=clock, limits=Limits(requests_per_15_seconds=2))
    path = "/communications/calls/x"
    for _ in range(2):
        assert (await bot.get(path)).status == 404
    throttled = await bot.get(path)
    assert (throttled.status, throttled.code) == (429, "TooManyRequests")
    assert throttled.headers["Retry-After"] == "14.5"
    await clock.advance(14.5)
    assert (await bot.get(path)).status == 404


@pytest.mark.parametrize(
    ("limits", "code"), [(Limits(active_calls=1), "8530"), (Limits(calls_per_month=1), "8529")]
)
async def test_quotas_of_calls_are_kept(start: Start, limits: Limits, code: str) -> None:
    bot = await start(limits=limits)
    await bot.place(BEN)
    reply = await bot.post("/communications/calls", bot.create_body(BEN))
    assert (reply.status, reply.code) == (403, code)


async def test_beta_prompts_may_repeat(start: Start) -> None:
    bot = await start(fetch_prompts=False, prompt_seconds=0.001)
    call = await answered(bot)
    prompt = {"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}
    body = {"prompts": [prompt], "loop": True, "clientContext": "l"}
    await bot.verb(call.id, "playPrompt", body, version="beta")
    await call.until_heard(3)
    await bot.verb(call.id, "cancelMediaProcessing", {})
    await bot.until("deleted operations")
