"""Redirects and transfers: the bot sends its caller on."""

from typing import Any

import pytest

from callbot.emulator import AppRegistration, Timing, Unsettled
from callbot.testing import ManualClock
from tests.emulator.bot import Bot
from tests.emulator.conftest import QUICK, Start
from tests.emulator.scenes import BEN, FEMI, PHONE, answered, group, phone, quick, somebody, user

HASTY = QUICK.model_copy(update={"transfer_done": 0.01})


async def ringing(bot: Bot, **how: Any) -> Any:
    call = await bot.emulator.place_call("Ana", **how)
    await bot.until("created incoming")
    return call


async def test_a_redirected_call_ends_with_the_whole_call_and_no_result(bot: Bot) -> None:
    quick(bot, "Femi")
    call = await ringing(bot)
    body = {"targets": [user(FEMI)], "callbackUri": f"{bot.root}/api/redirected"}
    assert (await bot.verb(call.id, "redirect", body)).status == 202
    ended = await bot.until("deleted terminated")
    assert ended.path == "/api/redirected"
    assert ended.data["id"] == call.id
    assert "resultInfo" not in ended.data
    assert call.states == ["incoming", "terminated"]


async def test_the_first_of_several_targets_takes_the_call(bot: Bot) -> None:
    quick(bot, "Femi")
    call = await ringing(bot)
    await bot.verb(call.id, "redirect", {"targets": [user(BEN), user(FEMI)]})
    await bot.until("deleted terminated")
    assert len(bot.of("deleted terminated")) == 1


async def test_a_redirect_nobody_takes_ends_the_call(start: Start) -> None:
    clock = ManualClock()
    bot = await start(clock=clock, unsettled=Unsettled(redirecting_state=True))
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "redirect", {"targets": [user(BEN)], "timeout": 20})
    await clock.advance(19)
    assert call.state == "redirecting"
    await clock.advance(1)
    assert call.transitions[-1].subcode == 10057


async def test_a_telephone_that_takes_a_redirect_is_named_as_answered_by(bot: Bot) -> None:
    quick(bot, PHONE)
    call = await ringing(bot, to_instance=True)
    assert (await bot.verb(call.id, "redirect", {"targets": [phone()]})).status == 202
    ended = await bot.until("deleted terminated")
    assert ended.data["answeredBy"]["identity"]["encrypted"]["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"targets": []},
        {"targets": [user(str(number)) for number in range(26)]},
        {"targets": [user(FEMI)], "timeout": 14},
        {"targets": [user(FEMI)], "timeout": 91},
        {"targets": [phone()]},
    ],
)
async def test_a_redirect_that_breaks_a_rule_is_refused(bot: Bot, body: dict[str, Any]) -> None:
    call = await ringing(bot)
    reply = await bot.verb(call.id, "redirect", body)
    assert (reply.status, reply.code) == (400, "8523")


async def test_an_answered_call_cannot_be_redirected(bot: Bot) -> None:
    call = await answered(bot)
    reply = await bot.verb(call.id, "redirect", {"targets": [user(FEMI)]})
    assert (reply.status, reply.code) == (400, "8585")


async def test_redirect_and_transfer_need_the_permission_to_initiate(start: Start) -> None:
    bot = await start(apps=(AppRegistration(roles=("Calls.JoinGroupCall.All",)),))
    call = await bot.emulator.place_call("Ana")
    for verb, body in (("redirect", {"targets": [user(FEMI)]}), ("transfer", {"transferTarget": user(FEMI)})):
        assert (await bot.verb(call.id, verb, body)).code == "7504"


async def test_a_blind_transfer_goes_through_its_states(start: Start) -> None:
    bot = await start(timing=HASTY)
    quick(bot, "Femi")
    call = await answered(bot)
    assert (await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI)})).status == 202
    ended = await bot.until("deleted terminated")
    assert call.states[-3:] == ["transferring", "transferAccepted", "terminated"]
    assert (ended.data["resultInfo"]["code"], ended.data["resultInfo"]["subcode"]) == (0, 7015)
    told = [
        received.data.get("mediaState", {}).get("audio") for received in bot.of("updated transferAccepted")
    ]
    assert told == [None, "inactive"]


async def test_a_failed_transfer_returns_to_established_with_a_capital_c(start: Start) -> None:
    bot = await start(timing=HASTY)
    yan = somebody(bot, "Yan", when_called="decline")
    call = await answered(bot)
    await bot.until("updated established", 2)
    await bot.verb(call.id, "transfer", {"transferTarget": user(yan.id)})
    back = await bot.until("updated established", 3)
    assert back.data["resultInfo"]["code"] == 500
    assert back.data["resultInfo"]["subCode"] == 7000
    assert call.states[-2:] == ["transferring", "established"]


async def test_a_consultative_transfer_ends_both_calls(start: Start) -> None:
    bot = await start(timing=HASTY)
    quick(bot, "Femi")
    call = await answered(bot)
    other = bot.emulator.call(await bot.place(FEMI))
    await other.until("established")
    await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI, replacesCallId=other.id)})
    await call.until_over()
    await other.until_over()
    ended = await bot.until("deleted terminated")
    assert ended.data["terminationReason"] == "AppTransferred"
    assert "resultInfo" not in ended.data


async def test_a_consultative_transfer_without_the_other_call_fails(start: Start) -> None:
    bot = await start(timing=HASTY)
    call = await answered(bot)
    await bot.until("updated established", 2)
    await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI, replacesCallId="gone")})
    back = await bot.until("updated established", 3)
    assert back.data["resultInfo"]["subCode"] == 7700


@pytest.mark.parametrize("ends", [True, False])
async def test_a_transfer_from_a_group_takes_the_transferee_out(start: Start, ends: bool) -> None:
    bot = await start(timing=HASTY, unsettled=Unsettled(group_transfer_ends_call=ends))
    call = await group(bot, "Ana", "Femi")
    quick(bot, "Ben")
    missing = await bot.verb(call.id, "transfer", {"transferTarget": user(BEN)})
    assert (missing.status, missing.code) == (400, "8523")
    transferee = {"identity": {"user": {"id": bot.emulator.person("Ana").id}}}
    body = {"transferTarget": user(BEN), "transferee": transferee}
    assert (await bot.verb(call.id, "transfer", body)).status == 202
    await bot.emulator.log.until(lambda: call.group.names == ["Femi"])
    assert call.states[-1] == ("terminated" if ends else "established")


async def test_a_second_transfer_meanwhile_is_refused(start: Start) -> None:
    bot = await start(timing=Timing(establish=0.01, media=0.01))
    call = await answered(bot)
    await bot.verb(call.id, "transfer", {"transferTarget": user(BEN)})
    reply = await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI)})
    assert (reply.status, reply.code) == (400, "8585")


async def test_a_transfer_needs_a_target_and_an_established_call(bot: Bot) -> None:
    call = await ringing(bot)
    assert (await bot.verb(call.id, "transfer", {})).code == "8523"
    assert (await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI)})).code == "8501"
    assert (await bot.verb(call.id, "transfer", {"transferTarget": phone()})).code == "8523"


async def test_audio_may_fall_silent_before_the_transfer_is_accepted(start: Start) -> None:
    bot = await start(timing=HASTY, unsettled=Unsettled(media_first_on_transfer=True))
    quick(bot, "Femi")
    call = await answered(bot)
    await bot.verb(call.id, "transfer", {"transferTarget": user(FEMI)})
    await bot.until("deleted terminated")
    silent = bot.of("updated transferring")[-1]
    assert silent.data["mediaState"]["audio"] == "inactive"
