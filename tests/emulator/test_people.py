"""Simulated people act by themselves, or as a test tells them."""

import pytest

from callbot.emulator import Behaviour, Person, Press
from callbot.emulator.media.wav import silence
from tests.emulator.bot import Bot

TENANT = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"


def caller(**behaviour: object) -> Person:
    return Person(
        display_name="Kim", tenant_id=TENANT, behaviour=Behaviour.model_validate({"after": 0.01, **behaviour})
    )


async def test_a_person_presses_after_the_prompt_and_hangs_up(bot: Bot) -> None:
    bot.files["a.wav"] = silence(0.02)
    kim = bot.emulator.people.add(caller(presses=(Press(key="5", after=0.01, prompts=1),)))
    call = await bot.emulator.place_call(kim)
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.until("updated established", 2)
    await bot.verb(call.id, "subscribeToTone", {"clientContext": "t"})
    prompt = {"mediaInfo": {"uri": f"{bot.root}/files/a.wav"}}
    await bot.verb(call.id, "playPrompt", {"prompts": [prompt], "clientContext": "p"})
    await call.until_heard(1)
    tone = await bot.until("updated established", 3)
    assert tone.data["toneInfo"]["tone"] == "tone5"


async def test_a_person_hangs_up_by_themselves(bot: Bot) -> None:
    kim = bot.emulator.people.add(caller(hangs_up_after=0.01))
    call_id = await bot.place(kim.id)
    await bot.until("deleted terminated")
    assert bot.emulator.call(call_id).states == ["establishing", "established", "terminated"]


async def test_a_caller_gives_up_while_it_rings(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    call.hang_up()
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 8542
    assert call.states == ["incoming", "terminated"]


async def test_waiting_for_a_state_that_cannot_come_says_so(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    call.hang_up()
    with pytest.raises(RuntimeError, match="incoming -> terminated"):
        await call.until("established")


async def test_a_prompt_that_is_cut_is_heard_in_part(bot: Bot) -> None:
    bot.files["long.wav"] = silence(30)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await bot.until("updated established", 2)
    prompt = {"mediaInfo": {"uri": f"{bot.root}/files/long.wav"}}
    await bot.verb(call.id, "playPrompt", {"prompts": [prompt], "clientContext": "p"})
    await bot.emulator.log.until(lambda: bool(call.heard))
    call.hang_up()
    await bot.until("deleted terminated")
    assert not call.heard[0].whole
    assert bot.of("deleted operations") == []


async def test_a_call_whose_media_fails_ends(bot: Bot) -> None:
    call = await bot.emulator.place_call("Ana")
    call.lose_media()
    ended = await bot.until("deleted terminated")
    assert (ended.data["resultInfo"]["code"], ended.data["resultInfo"]["subcode"]) == (410, 301005)
