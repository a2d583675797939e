"""A call rings, is answered, plays, hears a key and ends: the main road."""

from typing import Any

import jwt

from callbot.emulator import APP_ID, TENANT_ID
from callbot.emulator.media.wav import silence
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start

ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
BEN = "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22"


async def test_an_incoming_call_is_announced_answered_and_hung_up(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    created = await bot.until("created incoming")
    assert created.item["resourceUrl"] == f"/communications/calls/{call.id}"
    assert created.item["resource"] == f"/app/calls/{call.id}"
    assert created.data["source"]["identity"]["user"]["id"] == ANA
    assert "id" not in created.data

    answered = await bot.verb(call.id, "answer", bot.answer_body())
    assert answered.status == 202
    assert answered.body == ""
    await bot.until("updated established", 2)
    assert bot.kinds == [
        "created incoming",
        "updated establishing",
        "updated established",
        "updated established",
    ]
    assert bot.received[3].data["mediaState"]["audio"] == "active"
    assert all("id" not in received.data for received in bot.received)

    call.hang_up()
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 5002
    assert call.states == ["incoming", "establishing", "established", "terminated"]
    gone = await bot.get(f"/communications/calls/{call.id}")
    assert (gone.status, gone.code) == (404, "8522")


async def test_a_prompt_is_played_and_a_key_is_heard(bot: Bot) -> None:
    bot.files["hello.wav"] = silence(0.05)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.until("updated established")
    prompt = {
        "@odata.type": "#microsoft.graph.mediaPrompt",
        "mediaInfo": {"uri": f"{bot.root}/files/hello.wav", "resourceId": "hello"},
    }
    playing = await bot.verb(call.id, "playPrompt", {"prompts": [prompt], "clientContext": "mine"})
    assert (playing.status, playing.body["status"]) == (200, "running")
    finished = await bot.until("deleted operations")
    assert finished.data["id"] == playing.body["id"]
    assert finished.data["clientContext"] == "mine"
    assert finished.data["status"] == "completed"
    assert [heard.uri for heard in call.heard] == [f"{bot.root}/files/hello.wav"]

    subscribed = await bot.verb(call.id, "subscribeToTone", {"clientContext": "tones"})
    assert subscribed.body["status"] == "completed"
    assert call.press("1")
    tone = await bot.until("updated established", 3)
    assert tone.data["toneInfo"] == {
        "@odata.type": "#microsoft.graph.toneInfo",
        "sequenceId": 1,
        "tone": "tone1",
    }


async def test_an_outgoing_call_is_answered_after_establishing(start: Start) -> None:
    bot = await start()
    person = bot.emulator.person("Ana")
    person.behaviour = person.behaviour.model_copy(update={"after": 0.01})
    created = await bot.post("/communications/calls", bot.create_body(ANA))
    assert created.status == 201
    assert created.body["state"] == "establishing"
    assert created.headers["Location"].endswith(f"/v1.0/communications/calls/{created.body['id']}")
    await bot.until("updated established", 2)
    shown = await bot.get(f"/communications/calls/{created.body['id']}")
    assert shown.body["state"] == "established"
    assert shown.body["@odata.context"].endswith("#communications/calls/$entity")
    assert shown.body["resultInfo"] is None
    deleted = await bot.request("DELETE", f"/communications/calls/{created.body['id']}")
    assert deleted.status == 204
    await bot.until("deleted terminated")
    assert bot.kinds == [
        "updated establishing",
        "updated established",
        "updated established",
        "deleted terminated",
    ]


async def test_a_callback_carries_the_headers_and_the_token_of_the_platform(bot: Bot) -> None:
    await bot.emulator.place_call("Ana")
    created = await bot.until("created incoming")
    token = created.headers["Authorization"].removeprefix("Bearer ")
    async with bot.client.get(bot.emulator.metadata_url) as response:
        metadata: dict[str, Any] = await response.json()
    async with bot.client.get(metadata["jwks_uri"]) as response:
        keys = jwt.PyJWKSet.from_dict(await response.json())
    header = jwt.get_unverified_header(token)
    assert header["cty"] == "JWT"
    claims = jwt.decode(token, keys[header["kid"]], algorithms=["RS256"], audience=APP_ID)
    assert claims["iss"] == "https://api.botframework.com"
    assert claims["tid"] == TENANT_ID
    assert claims["exp"] - claims["nbf"] == 300
    assert created.headers["User-Agent"] == "Microsoft-Skype/3.0,(Calling/1.0)"
    assert created.headers["X-Microsoft-Skype-Chain-ID"] == created.data["callChainId"]
    assert created.headers["X-Microsoft-Skype-Message-ID"]
