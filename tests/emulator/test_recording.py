"""Recording what people say, cancelling, sending tones."""

from typing import Any

import pytest

from callbot.emulator import AppRegistration, Behaviour
from callbot.emulator.media.wav import seconds_of, silence
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import answered

CONTEXT = {"clientContext": "mine"}


async def recording(start: Start, speaks_for: float = 3.0, **body: Any) -> tuple[Bot, ManualClock, Any]:
    """A recording that has just begun, on a clock that stands still."""
    clock = ManualClock()
    bot = await start(clock=clock)
    bot.emulator.person("Ana").behaviour = Behaviour(speaks_for=speaks_for)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await clock.advance(1)
    await bot.until("updated established", 2)
    reply = await bot.verb(call.id, "recordResponse", {"playBeep": False, **CONTEXT, **body})
    assert (reply.status, reply.body["status"]) == (200, "running")
    await clock.advance(0)
    return bot, clock, call


async def download(bot: Bot, data: dict[str, Any], token: str | None = None) -> tuple[int, bytes]:
    authorization = {"Authorization": f"Bearer {token or data['recordingAccessToken']}"}
    async with bot.client.get(data["recordingLocation"], headers=authorization) as response:
        return response.status, await response.read()


async def test_a_recording_ends_after_its_longest_time_and_can_be_downloaded(start: Start) -> None:
    bot, clock, _ = await recording(start, speaks_for=60, maxRecordDurationInSeconds=10)
    await clock.advance(10)
    finished = (await bot.until("deleted operations")).data
    assert finished["@odata.type"] == "#microsoft.graph.recordOperation"
    assert (finished["resultInfo"]["code"], finished["resultInfo"]["subcode"]) == (200, 8515)
    assert finished["completionReason"] == "maxRecordDurationReached"
    status, content = await download(bot, finished)
    assert (status, round(seconds_of(content))) == (200, 10)
    assert (await download(bot, finished, "wrong"))[0] == 401
    await clock.advance(700)
    assert (await download(bot, finished))[0] == 404


async def test_a_recording_ends_when_nobody_speaks_any_more(start: Start) -> None:
    bot, clock, _ = await recording(
        start, speaks_for=3, maxSilenceTimeoutInSeconds=2, maxRecordDurationInSeconds=60
    )
    await clock.advance(5)
    finished = (await bot.until("deleted operations")).data
    assert finished["resultInfo"]["subcode"] == 8509


async def test_a_recording_of_nothing_fails(start: Start) -> None:
    bot, clock, _ = await recording(
        start, speaks_for=0, initialSilenceTimeoutInSeconds=4, maxRecordDurationInSeconds=60
    )
    await clock.advance(4)
    finished = (await bot.until("deleted operations")).data
    assert finished["status"] == "failed"
    assert finished["resultInfo"]["subcode"] == 8510
    assert finished["recordingLocation"] == ""


async def test_a_stop_tone_ends_a_recording_and_other_keys_do_not(start: Start) -> None:
    bot, clock, call = await recording(
        start, speaks_for=60, stopTones=["#", "1"], maxRecordDurationInSeconds=60
    )
    await clock.advance(1)
    call.press("5")
    await clock.advance(1)
    call.press("#")
    await clock.advance(0)
    finished = (await bot.until("deleted operations")).data
    assert finished["completionReason"] == "stopToneDetected"
    assert round(seconds_of((await download(bot, finished))[1])) == 2


async def test_a_cancelled_recording_fails_without_a_location(start: Start) -> None:
    bot, _, call = await recording(start, speaks_for=60, maxRecordDurationInSeconds=60)
    reply = await bot.verb(call.id, "cancelMediaProcessing", CONTEXT)
    assert (reply.status, reply.body["status"]) == (200, "completed")
    finished = (await bot.until("deleted operations")).data
    assert (finished["status"], finished["resultInfo"]["subcode"]) == ("failed", 8508)
    assert finished["completionReason"] == "operationCanceled"
    assert (finished["recordingLocation"], finished["recordingAccessToken"]) == ("", "")


async def test_the_prompt_of_a_recording_may_be_cut_by_a_key(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock, fetch_prompts=False, prompt_seconds=20)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await clock.advance(1)
    prompt = {"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}
    body = {"prompts": [prompt], "bargeInAllowed": True, "maxRecordDurationInSeconds": 1, **CONTEXT}
    await bot.verb(call.id, "recordResponse", body)
    await clock.advance(1)
    call.press("1")
    await clock.advance(2)
    await bot.until("deleted operations")
    assert not call.heard[0].whole


@pytest.mark.parametrize(
    "body",
    [
        {"maxRecordDurationInSeconds": 121},
        {"initialSilenceTimeoutInSeconds": 0},
        {"stopTones": ["tone1"]},
        {"prompts": [{"mediaInfo": {"uri": "https://a"}}] * 2},
        {"playBeep": "yes"},
    ],
)
async def test_a_recording_that_breaks_a_rule_is_refused(bot: Bot, body: dict[str, Any]) -> None:
    call = await answered(bot)
    reply = await bot.verb(call.id, "recordResponse", {**CONTEXT, **body})
    assert (reply.status, reply.code) == (400, "8523")


async def test_recording_needs_access_to_media(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.Initiate.All",)),))
    call = await bot.emulator.place_call("Ana")
    assert (await bot.verb(call.id, "recordResponse", CONTEXT)).code == "7504"


async def test_a_failing_prompt_fails_the_recording(bot: Bot) -> None:
    call = await answered(bot)
    prompt = {"mediaInfo": {"uri": f"{bot.root}/files/none.wav"}}
    await bot.verb(call.id, "recordResponse", {"prompts": [prompt], **CONTEXT})
    finished = (await bot.until("deleted operations")).data
    assert finished["resultInfo"]["subcode"] == 8511


async def test_cancelling_ends_what_plays_and_what_waits(bot: Bot) -> None:
    bot.files["long.wav"] = silence(30)
    call = await answered(bot)
    prompt = {"mediaInfo": {"uri": f"{bot.root}/files/long.wav"}}
    for number in ("1", "2"):
        await bot.verb(call.id, "playPrompt", {"prompts": [prompt], "clientContext": number})
    await bot.emulator.log.until(lambda: bool(call.heard))
    await bot.verb(call.id, "cancelMediaProcessing", CONTEXT)
    await bot.until("deleted operations", 2)
    ended = [received.data for received in bot.of("deleted operations")]
    assert [data["clientContext"] for data in ended] == ["1", "2"]
    assert {data["resultInfo"]["subcode"] for data in ended} == {8508}


async def test_prefetched_prompts_play_although_they_are_gone(bot: Bot) -> None:
    bot.files["a.wav"] = silence(0.01)
    media = {"uri": f"{bot.root}/files/a.wav", "resourceId": "a"}
    config = {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig", "preFetchMedia": [media]}
    call = await answered(bot, mediaConfig=config)
    await bot.emulator.until_idle()
    shown = (await bot.get(f"/communications/calls/{call.id}")).body
    assert shown["mediaConfig"]["preFetchMedia"] == [media]
    await bot.verb(call.id, "playPrompt", {"prompts": [{"mediaInfo": media}], **CONTEXT})
    assert (await bot.until("deleted operations")).data["status"] == "completed"


async def test_tones_are_sent_and_heard(bot: Bot) -> None:
    call = await answered(bot)
    body = {"tones": ["tone1", {"tone": "pound"}], "delayBetweenTonesMs": 1, **CONTEXT}
    reply = await bot.verb(call.id, "sendDtmfTones", body)
    assert reply.body["status"] == "running"
    finished = (await bot.until("deleted operations")).data
    assert finished["completionReason"] == "completedSuccessfully"
    assert call.sent_tones == ["tone1", "pound"]


@pytest.mark.parametrize("tones", [None, [], ["1"], "tone1"])
async def test_tones_that_are_none_are_refused(bot: Bot, tones: object) -> None:
    call = await answered(bot)
    reply = await bot.verb(call.id, "sendDtmfTones", {"tones": tones})
    assert (reply.status, reply.code) == (400, "8523")
