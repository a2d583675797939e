"""What the emulated Graph refuses, and with which code."""

from typing import Any

import pytest

from callbot.emulator.media.wav import silence
from tests.emulator.bot import Bot

ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
BEN = "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22"
SERVICE_HOSTED = {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"}


async def ringing(bot: Bot) -> str:
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    return call.id


async def connected(bot: Bot) -> str:
    call_id = await ringing(bot)
    await bot.verb(call_id, "answer", bot.answer_body())
    await bot.until("updated established", 2)
    return call_id


@pytest.mark.parametrize("data", [b"{", b"[]", b'"text"', b'{"a":1,}'])
async def test_a_body_that_is_not_a_json_object_is_refused_by_the_gateway(bot: Bot, data: bytes) -> None:
    answer = await bot.post("/communications/calls", data=data)
    assert (answer.status, answer.code) == (400, "BadRequest")


async def test_odata_wrapper_objects_are_refused(bot: Bot) -> None:
    body = bot.create_body(ANA, targets={"$id": "1", "$values": []})
    answer = await bot.post("/communications/calls", body)
    assert answer.body["error"]["message"] == "The request is invalid."


@pytest.mark.parametrize(
    "changes",
    [
        {"callbackUri": None},
        {"callbackUri": "http://bot.example.com/api"},
        {"callbackUri": "/api"},
        {"callbackUri": 5},
        {"mediaConfig": None},
        {"mediaConfig": {"@odata.type": "#microsoft.graph.otherMediaConfig"}},
        {"mediaConfig": {"@odata.type": "#microsoft.graph.appHostedMediaConfig"}},
        {"requestedModalities": ["smell"]},
        {"targets": [{"identity": {}}]},
        {"targets": "Ana"},
        {"ringingTimeoutInSeconds": 116},
    ],
)
async def test_a_create_that_breaks_a_rule_is_refused(bot: Bot, changes: dict[str, Any]) -> None:
    answer = await bot.post("/communications/calls", {**bot.create_body(ANA), **changes})
    assert (answer.status, answer.code) == (400, "8523")


async def test_an_answered_call_cannot_be_answered_or_rejected(bot: Bot) -> None:
    call_id = await connected(bot)
    for verb, body in (("answer", bot.answer_body()), ("reject", {"reason": "busy"})):
        answer = await bot.verb(call_id, verb, body)
        assert (answer.status, answer.code) == (400, "8585")


async def test_an_answer_without_its_parameters_is_refused_and_the_call_rings_on(bot: Bot) -> None:
    call_id = await ringing(bot)
    answer = await bot.verb(call_id, "answer", {"acceptedModalities": ["audio"]})
    assert (answer.status, answer.code) == (400, "8523")
    assert bot.emulator.call(call_id).state == "incoming"


async def test_media_verbs_need_an_established_call(bot: Bot) -> None:
    call_id = await ringing(bot)
    body = {"prompts": [{"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}], "clientContext": "c"}
    for verb in ("playPrompt", "subscribeToTone"):
        answer = await bot.verb(call_id, verb, body)
        assert (answer.status, answer.code) == (400, "8501")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompts": []},
        {"prompts": [{}]},
        {"prompts": [{"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}] * 21},
        {
            "prompts": [{"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}],
            "clientContext": "x" * 257,
        },
    ],
)
async def test_a_prompt_that_breaks_a_rule_is_refused(bot: Bot, body: dict[str, Any]) -> None:
    call_id = await connected(bot)
    answer = await bot.verb(call_id, "playPrompt", body)
    assert (answer.status, answer.code) == (400, "8523")


async def test_prompts_need_service_hosted_media(bot: Bot) -> None:
    call_id = await ringing(bot)
    app_hosted = {"@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "{}"}
    await bot.verb(call_id, "answer", bot.answer_body(mediaConfig=app_hosted))
    await bot.until("updated established")
    body = {"prompts": [{"mediaInfo": {"uri": "https://bot.example.com/a.wav"}}], "clientContext": "c"}
    answer = await bot.verb(call_id, "playPrompt", body)
    assert (answer.status, answer.code) == (400, "8500")


async def test_a_rejected_call_ends_without_a_state(bot: Bot) -> None:
    call_id = await ringing(bot)
    assert (await bot.verb(call_id, "reject", {"reason": "Busy"})).status == 202
    gone = await bot.until("deleted -")
    assert set(gone.data) == {"@odata.type", "@odata.id"}
    assert (await bot.get(f"/communications/calls/{call_id}")).status == 404


async def test_a_call_that_ended_is_not_found_by_any_verb(bot: Bot) -> None:
    call_id = await connected(bot)
    bot.emulator.call(call_id).hang_up()
    for verb in ("answer", "playPrompt", "keepAlive", "subscribeToTone"):
        answer = await bot.verb(call_id, verb, {})
        assert (answer.status, answer.code) == (404, "8522")
    assert (await bot.request("DELETE", f"/communications/calls/{call_id}")).status == 404


async def test_get_shows_everything_and_spells_out_nulls(bot: Bot) -> None:
    call_id = await connected(bot)
    shown = (await bot.get(f"/communications/calls/{call_id}")).body
    assert shown["id"] == call_id
    assert shown["mediaState"]["audio"] == "active"
    assert shown["source"]["identity"]["application"] is None
    assert shown["callbackUri"] == bot.callback_url
    for key in ("resultInfo", "answeredBy", "chatInfo", "meetingInfo", "toneInfo", "transcription"):
        assert shown[key] is None


async def test_select_leaves_what_was_asked_for(bot: Bot) -> None:
    call_id = await connected(bot)
    shown = (await bot.get(f"/communications/calls/{call_id}?$select=state,mediaState")).body
    assert {key for key in shown if not key.startswith("@")} == {"state", "mediaState"}


async def test_prompts_play_one_after_the_other(bot: Bot) -> None:
    bot.files.update({"a.wav": silence(0.03), "b.wav": silence(0.03)})
    call_id = await connected(bot)
    for name in ("a.wav", "b.wav"):
        body = {"prompts": [{"mediaInfo": {"uri": f"{bot.root}/files/{name}"}}], "clientContext": name}
        assert (await bot.verb(call_id, "playPrompt", body)).body["status"] == "running"
    await bot.until("deleted operations", 2)
    done = [received.data["clientContext"] for received in bot.of("deleted operations")]
    assert done == ["a.wav", "b.wav"]
    first, second = bot.emulator.call(call_id).heard
    assert first.end is not None
    assert first.end <= second.start


@pytest.mark.parametrize(
    ("content", "subcode"), [(None, 8536), (b"RIFFnonsense", 8535), (silence(0.1)[:20], 8535)]
)
async def test_a_prompt_that_cannot_be_played_fails_its_operation(
    bot: Bot, content: bytes | None, subcode: int
) -> None:
    if content is not None:
        bot.files["x.wav"] = content
    call_id = await connected(bot)
    body = {"prompts": [{"mediaInfo": {"uri": f"{bot.root}/files/x.wav"}}], "clientContext": "c"}
    await bot.verb(call_id, "playPrompt", body)
    finished = await bot.until("deleted operations")
    assert finished.data["status"] == "failed"
    assert finished.data["resultInfo"]["subcode"] == subcode


async def test_a_prompt_with_a_known_resource_id_is_not_fetched_again(bot: Bot) -> None:
    bot.files["a.wav"] = silence(0.01)
    call_id = await connected(bot)
    for uri in ("a.wav", "gone.wav"):
        media = {"uri": f"{bot.root}/files/{uri}", "resourceId": "same"}
        await bot.verb(call_id, "playPrompt", {"prompts": [{"mediaInfo": media}], "clientContext": uri})
    assert (await bot.until("deleted operations", 2)).data["status"] == "completed"


async def test_keys_are_told_only_after_a_subscription_and_counted(bot: Bot) -> None:
    call_id = await connected(bot)
    call = bot.emulator.call(call_id)
    assert not call.press("1")
    await bot.verb(call_id, "subscribeToTone", {"clientContext": "t"})
    for key in "#*0D":
        assert call.press(key)
    await bot.until("updated established", 6)
    tones = [received.data["toneInfo"] for received in bot.received[4:]]
    assert [(tone["sequenceId"], tone["tone"]) for tone in tones] == [
        (1, "pound"),
        (2, "star"),
        (3, "tone0"),
        (4, "d"),
    ]


async def test_the_notifications_a_verb_causes_come_after_its_answer(bot: Bot) -> None:
    seen: list[int] = []
    answer = await bot.post("/communications/calls", bot.create_body(BEN))
    seen.append(len(bot.received))
    assert answer.status == 201
    await bot.until("updated establishing")
    assert seen == [0]
