"""Requests that are throttled, fail before or after their effect, hang, are cut; tokens that are slow."""

import asyncio
from typing import Any

import aiohttp
import pytest

from callbot.emulator import FaultEntry, FaultRates, FaultSettings, RequestEntry
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import ANA, BEN, answered


async def test_a_throttled_request_says_when_to_come_again(bot: Bot) -> None:
    bot.emulator.faults.inject("throttle", where="POST create")
    refused = await bot.post("/communications/calls", bot.create_body(BEN))
    assert (refused.status, refused.code) == (429, "TooManyRequests")
    assert 0 <= float(refused.headers["Retry-After"]) <= 2
    assert bot.emulator.calls == []
    assert (await bot.post("/communications/calls", bot.create_body(BEN))).status == 201


async def test_a_request_may_fail_before_or_after_its_effect(bot: Bot) -> None:
    bot.emulator.faults.inject("fail_before", where="POST create")
    before = await bot.post("/communications/calls", bot.create_body(BEN))
    assert before.status in (500, 503, 504)
    assert bot.emulator.calls == []
    bot.emulator.faults.inject("fail_after", where="POST create")
    after = await bot.post("/communications/calls", bot.create_body(BEN))
    assert after.status in (500, 503, 504)
    assert len(bot.emulator.calls) == 1
    await bot.until("updated establishing")
    assert [entry.fault for entry in bot.emulator.log.of(FaultEntry)] == ["fail_before", "fail_after"]


async def test_a_refused_connection_has_no_effect_and_a_cut_one_has(bot: Bot) -> None:
    call = await answered(bot)
    await bot.emulator.until_idle()
    bot.emulator.faults.inject("refuse", call=call.id)
    with pytest.raises(aiohttp.ClientError):
        await bot.verb(call.id, "subscribeToTone", {"clientContext": "t"})
    before = call.tones_subscribed
    bot.emulator.faults.inject("cut", call=call.id)
    with pytest.raises(aiohttp.ClientError):
        await bot.verb(call.id, "subscribeToTone", {"clientContext": "t"})
    assert (before, call.tones_subscribed) == (False, True)
    faults = [entry.fault for entry in bot.emulator.log.of(RequestEntry, call.id) if entry.fault]
    assert faults == ["refuse", "cut"]


@pytest.mark.parametrize(("fault", "happened"), [("hang_before", False), ("hang_after", True)])
async def test_a_hanging_request_is_never_answered(start: Start, fault: str, happened: bool) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.token()
    bot.emulator.faults.inject(fault, where="POST reject")
    hanging = asyncio.create_task(bot.verb(call.id, "reject", {"reason": "busy"}))
    await bot.emulator.log.until(lambda: bool(bot.emulator.log.of(FaultEntry)))
    if happened:
        await bot.until("deleted -")
    await clock.advance(30)
    with pytest.raises(aiohttp.ClientError):
        await hanging
    assert call.over is (happened or call.over)


async def test_a_stale_read_shows_the_call_before_its_last_change(bot: Bot) -> None:
    call = await answered(bot)
    bot.emulator.faults.inject("stale", call=call.id)
    stale = (await bot.get(f"/communications/calls/{call.id}")).body
    assert (stale["state"], stale["mediaState"]) == ("establishing", None)
    assert (await bot.get(f"/communications/calls/{call.id}")).body["state"] == "established"


async def test_a_stale_read_may_show_a_call_that_has_ended(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    call = await bot.emulator.place_call("Ana")
    call.hang_up()
    for seconds, status in ((0.0, 200), (10.0, 200), (1.0, 404)):
        await clock.advance(seconds)
        bot.emulator.faults.inject("stale", where="GET get")
        assert (await bot.get(f"/communications/calls/{call.id}")).status == status


async def test_a_replica_does_not_lag_for_ever(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await clock.advance(12)
    assert call.states[-1] == "established"
    bot.emulator.faults.inject("stale", call=call.id)
    assert (await bot.get(f"/communications/calls/{call.id}")).body["state"] == "established"


async def test_the_token_endpoint_may_be_slow_or_fail(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    bot.emulator.faults.inject("token_slow")
    asking = asyncio.create_task(bot.token())
    await bot.emulator.log.until(lambda: bool(bot.emulator.log.of(FaultEntry)))
    assert not asking.done()
    await clock.advance(3)
    assert await asking
    bot.emulator.faults.inject("token_fail", times=5)
    url = f"{bot.emulator.authority}/{bot.tenant_id}/oauth2/v2.0/token"
    async with bot.client.post(url, data={}) as response:
        assert response.status == 503


async def test_in_the_dark_connections_are_refused(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    await bot.token()
    await bot.emulator.go_dark(10)
    with pytest.raises(aiohttp.ClientError):
        await bot.get("/communications/calls/x")
    await clock.advance(10)
    assert (await bot.get("/communications/calls/x")).status == 404


async def test_faults_by_rate_happen_to_some_requests(start: Start) -> None:
    bot = await start(faults=FaultSettings(seed=1, rates=FaultRates(throttle=0.3, fail_before=0.3)))
    statuses = [(await bot.get("/communications/calls/x")).status for _ in range(40)]
    assert {404, 429} < set(statuses)


async def control(bot: Bot, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with bot.client.request(method, f"{bot.emulator.control_url}{path}", json=body) as response:
        return response.status, await response.json() if response.content_type.endswith("json") else None


async def test_faults_are_set_through_the_control_api(bot: Bot) -> None:
    status, settings = await control(bot, "PATCH", "/faults", {"seed": 5, "rates": {"drop": 1}})
    assert (status, settings["seed"], settings["rates"]["drop"]) == (200, 5, 1.0)
    _, settings = await control(bot, "PATCH", "/faults", {"rates": {"delay": 0.5}})
    assert (settings["rates"]["drop"], settings["rates"]["delay"]) == (1.0, 0.5)
    await bot.emulator.place_call("Ana")
    await bot.emulator.until_idle()
    assert bot.received == []
    assert (await control(bot, "POST", "/reset"))[0] == 204
    assert (await control(bot, "GET", "/faults"))[1]["rates"]["drop"] == 0


async def test_single_faults_are_asked_for_through_the_control_api(bot: Bot) -> None:
    call_id = await bot.place(BEN)
    wish = {"fault": "fail_before", "call": call_id, "where": "keepAlive", "times": 2}
    assert (await control(bot, "POST", "/faults/inject", wish))[0] == 204
    statuses = [(await bot.verb(call_id, "keepAlive")).status for _ in range(3)]
    assert statuses[2] == 200
    assert 200 not in statuses[:2]
    status, rotated = await control(bot, "POST", "/faults/rotate-keys")
    assert (status, bool(rotated["kid"])) == (200, True)
    assert (await control(bot, "POST", "/faults/silence", {"seconds": 60}))[0] == 204
    call = await bot.emulator.place_call("Ana")
    await bot.emulator.until_idle()
    assert call.id not in str([received.body for received in bot.received])
    assert (await control(bot, "POST", "/faults/go-dark", {"seconds": 0.05}))[0] == 202


async def test_mistakes_about_faults_are_answered_in_words(bot: Bot) -> None:
    for path, body, status in (
        ("/faults/inject", {"fault": "explode"}, 400),
        ("/faults/inject", {"fault": "drop", "call": "none"}, 404),
        ("/faults/inject", {"fault": "drop", "times": 0}, 400),
        ("/faults/silence", {}, 400),
    ):
        answered_with, content = await control(bot, "POST", path, body)
        assert (answered_with, bool(content["error"])) == (status, True)
    assert (await control(bot, "PATCH", "/faults", {"rates": {"drop": 2}}))[0] == 400


async def test_a_second_call_is_not_touched_by_the_faults_of_the_first(bot: Bot) -> None:
    first, second = await bot.place(BEN), await bot.place(ANA)
    bot.emulator.faults.inject("fail_before", call=first, times=3)
    assert (await bot.verb(second, "keepAlive")).status == 200
    assert (await bot.verb(first, "keepAlive")).status >= 500
