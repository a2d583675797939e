"""Callbacks that are lost, late, doubled, reordered, joined, emptied: by name and by the dice."""

from collections.abc import Sequence
from typing import Any

import jwt
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from callbot.emulator import CallbackEntry, FaultEntry, FaultRates, FaultSettings
from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.journal import Journal
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start
from tests.emulator.scenes import BEN, answered

FAST = {"delay": 0.05, "batch": 0.05}


async def quiet(bot: Bot) -> None:
    await bot.emulator.until_idle()


async def test_a_lost_callback_is_in_the_log_and_nowhere_else(bot: Bot) -> None:
    bot.emulator.faults.inject("drop", where="updated establishing")
    call = await answered(bot)
    await quiet(bot)
    assert bot.kinds == ["created incoming", "updated established", "updated established"]
    (fault,) = bot.emulator.log.of(FaultEntry, call.id)
    assert (fault.fault, fault.target) == ("drop", "updated establishing")


async def test_a_doubled_callback_keeps_its_message_id_and_a_resent_one_does_not(start: Start) -> None:
    for name, ids in (("duplicate", 1), ("resend", 2)):
        bot = await start(faults=FaultSettings.model_validate(FAST))
        bot.emulator.faults.inject(name)
        await bot.emulator.place_call("Ana")
        await bot.until("created incoming", 2)
        first, second = bot.received
        assert first.body == second.body
        assert len({one.headers["X-Microsoft-Skype-Message-ID"] for one in bot.received}) == ids


async def test_a_reordered_callback_comes_after_a_later_one(start: Start) -> None:
    bot = await start(faults=FaultSettings(delay=0.5, seed=3))
    bot.emulator.faults.inject("reorder", where="updated establishing")
    await answered(bot)
    await bot.until("updated establishing")
    assert bot.kinds.index("updated establishing") > bot.kinds.index("updated established")


async def test_a_late_callback_keeps_the_order_of_its_call(start: Start) -> None:
    bot = await start(faults=FaultSettings.model_validate(FAST))
    bot.emulator.faults.inject("delay", where="updated establishing")
    await answered(bot)
    await bot.until("updated established", 2)
    assert bot.kinds[1] == "updated establishing"


async def test_several_notifications_of_a_call_come_in_one_callback(start: Start) -> None:
    bot = await start(faults=FaultSettings(batch=0.2))
    bot.emulator.faults.inject("batch", where="updated establishing")
    await answered(bot)
    together = await bot.until("updated establishing")
    states = [item["resourceData"]["state"] for item in together.body["value"]]
    assert states[:2] == ["establishing", "established"]


async def test_notifications_of_several_calls_come_in_one_callback(start: Start) -> None:
    bot = await start(faults=FaultSettings(batch=0.2))
    bot.emulator.faults.inject("mix", times=2)
    calls = [await bot.emulator.place_call("Ana") for _ in range(2)]
    together = await bot.until("created incoming")
    urls = [item["resourceUrl"] for item in together.body["value"]]
    assert urls == [f"/communications/calls/{call.id}" for call in calls]
    await quiet(bot)
    assert len(bot.received) == 1


async def test_an_empty_callback_has_no_body(bot: Bot) -> None:
    bot.emulator.faults.inject("empty", where="updated establishing")
    await answered(bot)
    await quiet(bot)
    assert [received.content for received in bot.received].count(b"") == 1
    assert "updated establishing" not in bot.kinds


async def test_the_first_callback_may_come_before_the_answer_to_the_create(bot: Bot) -> None:
    bot.emulator.faults.inject("early")
    await bot.post("/communications/calls", bot.create_body(BEN))
    assert bot.kinds == ["updated establishing"]


async def test_during_silence_no_callback_is_sent(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock)
    bot.emulator.faults.silence(60)
    call = await bot.emulator.place_call("Ana")
    await quiet(bot)
    await clock.advance(61)
    assert bot.received == []
    assert [entry.fault for entry in bot.emulator.log.of(FaultEntry, call.id)] == ["silence"] * 2


async def test_the_announcement_may_be_spared(start: Start) -> None:
    rates = FaultRates(drop=1.0)
    bot = await start(faults=FaultSettings(rates=rates, spare_announcements=True))
    call = await answered(bot)
    call.hang_up()
    await quiet(bot)
    assert bot.kinds == ["created incoming"]


async def test_a_fault_may_be_meant_for_one_call(bot: Bot) -> None:
    second = await bot.emulator.place_call("Femi")
    await bot.until("created incoming")
    bot.emulator.faults.inject("drop", call=second.id, times=10)
    first = await bot.emulator.place_call("Ana")
    await bot.until("created incoming", 2)
    for call in (second, first):
        call.hang_up()
    ended = await bot.until("deleted terminated")
    assert first.id in ended.item["resourceUrl"]


async def test_rotated_keys_sign_callbacks_at_once(bot: Bot) -> None:
    await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.emulator.rotate_keys()
    await bot.emulator.place_call("Ana")
    await bot.until("created incoming", 2)
    kids = [
        jwt.get_unverified_header(received.headers["Authorization"].removeprefix("Bearer "))["kid"]
        for received in bot.received
    ]
    assert kids[0] != kids[1]
    published = await published_keys(bot)
    assert published == [kids[1]]


async def test_keys_rotate_by_time_and_old_ones_may_stay_published(start: Start) -> None:
    clock = ManualClock()
    faults = FaultSettings(rotate_keys_every=60, publish_old_keys=True)
    bot = await start(clock=clock, faults=faults)
    await clock.advance(60)
    await bot.emulator.log.until(lambda: bool(bot.emulator.log.of(FaultEntry)))
    assert len(await published_keys(bot)) == 2


async def test_the_key_endpoints_may_be_down(start: Start) -> None:
    bot = await start(faults=FaultSettings(keys_down=True))
    for path in ("OpenIdConfiguration", "keys"):
        async with bot.client.get(f"{bot.emulator.root}/v1/.well-known/{path}") as response:
            assert response.status == 503


async def test_the_clock_of_callback_tokens_may_be_wrong(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock, faults=FaultSettings(token_skew=600))
    await bot.emulator.place_call("Ana")
    created = await bot.until("created incoming")
    token = created.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["nbf"] == clock.time() + 600


async def published_keys(bot: Bot) -> list[str]:
    async with bot.client.get(f"{bot.emulator.root}/v1/.well-known/keys") as response:
        return [key["kid"] for key in (await response.json())["keys"]]


async def test_under_all_faults_the_log_knows_what_became_of_each_callback(start: Start) -> None:
    rates = FaultRates(
        drop=0.2, delay=0.2, duplicate=0.2, resend=0.2, reorder=0.2, batch=0.2, mix=0.2, empty=0.1
    )
    bot = await start(faults=FaultSettings(rates=rates, delay=0.02, batch=0.01, seed=7))
    bot.respond = lambda _: web.Response(status=202)
    calls = [await bot.emulator.place_call("Ana") for _ in range(20)]
    for call in calls:
        call.hang_up()
    await quiet(bot)
    sent = bot.emulator.log.of(CallbackEntry)
    assert len(sent) == len(bot.received)
    assert {entry.status for entry in sent} == {202}
    assert len([entry for entry in bot.emulator.log.of(FaultEntry) if entry.fault == "drop"]) > 0


def fates(seed: int, calls: Sequence[str], rates: FaultRates) -> dict[str, list[Any]]:
    clock = ManualClock()
    plan = FaultPlan(FaultSettings(seed=seed, rates=rates), clock, Journal(clock.time, 10_000))
    for call in sorted(set(calls)):
        plan.for_callback(call, "first")
    found: dict[str, list[Any]] = {}
    for call in calls:
        found.setdefault(call, []).append(plan.for_callback(call, "updated established").faults)
    return found


@given(
    seed=st.integers(0, 1000),
    calls=st.lists(st.sampled_from("abcd"), min_size=4, max_size=30),
    data=st.data(),
)
def test_each_call_has_its_own_dice_whatever_happens_between(
    seed: int, calls: list[str], data: st.DataObject
) -> None:
    rates = FaultRates(drop=0.3, delay=0.3, duplicate=0.3)
    shuffled = data.draw(st.permutations(calls))
    assert fates(seed, calls, rates) == fates(seed, shuffled, rates)


@pytest.mark.parametrize("name", ["explode", ""])
async def test_an_unknown_fault_is_refused(bot: Bot, name: str) -> None:
    with pytest.raises(ValueError, match="Fault"):
        bot.emulator.faults.inject(name)
