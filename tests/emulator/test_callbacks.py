"""How callbacks go out: in order, logged, in the legacy form when asked, without secrets in the log."""

import pytest
from aiohttp import web

from callbot.emulator import CallbackEntry, RequestEntry, TransitionEntry, Unsettled
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start


async def test_a_call_is_announced_again_in_graphs_form_after_204(start: Start) -> None:
    bot = await start(unsettled=Unsettled(legacy_probe=True))
    bot.respond = lambda received: web.Response(status=202 if "value" in received.body else 204)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    probe = bot.received[0].body
    assert probe["id"] == call.id
    assert probe["callState"] == "incoming"
    assert probe["participants"][0]["identity"]["user"]["displayName"] == "Ana"


async def test_a_failing_callback_is_logged_and_the_next_is_sent(bot: Bot) -> None:
    bot.respond = lambda _: web.Response(status=500)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    call.hang_up()
    await bot.until("deleted terminated")
    await bot.emulator.until_idle()
    entries = bot.emulator.log.of(CallbackEntry, call.id)
    assert [entry.status for entry in entries] == [500, 500]


async def test_a_callback_nobody_listens_to_is_logged_with_its_error(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "callbot.emulator.callbacks")
    bot = await start()
    await bot.stop_listening()
    call = await bot.emulator.place_call("Ana")
    await bot.emulator.until_idle()
    (entry,) = bot.emulator.log.of(CallbackEntry, call.id)
    assert entry.status is None
    assert entry.error is not None
    assert call.state == "incoming"
    call.hang_up()
    await bot.emulator.until_idle()
    said = [record.message for record in caplog.records if record.name.startswith("callbot.emulator")]
    assert said == ["callback failed: is the bot running?"]  # once, not for every callback


async def test_a_failing_callback_ends_the_call_where_the_settings_say_so(start: Start) -> None:
    bot = await start(
        unsettled=Unsettled(failed_callback_ends_call=True, callback_attempts=2, callback_retry_after=0)
    )
    bot.respond = lambda _: web.Response(status=503)
    call = await bot.emulator.place_call("Ana")
    await call.until_over()
    assert call.transitions[-1].subcode == 8586
    assert [entry.attempt for entry in bot.emulator.log.of(CallbackEntry, call.id)][:2] == [1, 2]


async def test_the_notifications_of_a_call_are_sent_one_after_the_other(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.verb(call.id, "subscribeToTone", {"clientContext": "early"})
    await bot.until("updated established", 2)
    await bot.verb(call.id, "subscribeToTone", {"clientContext": "t"})
    for key in "0123456789":
        call.press(key)
    await bot.until("updated established", 12)
    sequence = [received.data["toneInfo"]["sequenceId"] for received in bot.received[4:]]
    assert sequence == list(range(1, 11))


async def test_callbacks_go_where_the_answer_says(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    created = await bot.until("created incoming")
    assert created.path == "/api/calls"
    body = bot.answer_body(callbackUri=f"{bot.root}/api/other?call=1")
    await bot.verb(call.id, "answer", body, headers={"Scenario-Id": "story"})
    established = await bot.until("updated established")
    assert established.path == "/api/other"
    assert established.headers["Scenario-Id"] == "story"


async def test_the_log_tells_the_story_in_one_sequence_without_secrets(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    blob = {"@odata.type": "#microsoft.graph.appHostedMediaConfig", "blob": "precious"}
    await bot.verb(call.id, "answer", bot.answer_body(mediaConfig=blob))
    await bot.until("updated established", 2)
    await bot.emulator.until_idle()
    entries = list(bot.emulator.log)
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
    kinds = {type(entry) for entry in entries}
    assert {CallbackEntry, RequestEntry, TransitionEntry} <= kinds
    text = str([entry.as_json() for entry in entries])
    assert "precious" not in text
    assert await bot.token() not in text
    states = [entry.new for entry in bot.emulator.log.of(TransitionEntry, call.id)]
    assert states == ["incoming", "establishing", "established"]
    numbers = [entry.number for entry in bot.emulator.log.of(TransitionEntry, call.id)]
    assert numbers == [1, 2, 3]
