"""What the people of the demo do: three calls, side by side, each played to its end."""

import asyncio
from collections.abc import Callable, Coroutine

from callbot import CallBot, CallbotError, User
from callbot.cli.demo.stage import ANA, BEN, CLEO
from callbot.emulator import EmulatedCall, Emulator, Person

Narrate = Callable[[str, str, str], None]
"""Told what a person does: the call's id, who is in it, and the sentence."""


async def play(emulator: Emulator, bot: CallBot, narrate: Narrate) -> list[str]:
    """Play all calls; returns when the last one is over, with what did not go as it should."""
    scenes = (
        _ana_calls(emulator, narrate),
        _ben_answers(emulator, bot, narrate),
        _cleo_does_not(emulator, bot, narrate),
    )
    outcomes = await asyncio.gather(*(_complaint(scene) for scene in scenes))
    return [complaint for complaint in outcomes if complaint]


async def _complaint(scene: Coroutine[object, object, None]) -> str:
    """Play a scene; return what went wrong in it."""
    try:
        await scene
    except (CallbotError, RuntimeError) as error:  # the latter: a call ended before its time
        return str(error)
    return ""


async def _ana_calls(emulator: Emulator, narrate: Narrate) -> None:
    call, who = await emulator.place_call(ANA), "Ana -> bot"
    narrate(call.id, who, "Ana calls the bot")
    await call.until_heard()
    narrate(call.id, who, "Ana has heard the welcome, and presses 1")
    call.press("1")
    await call.until_heard(2)
    narrate(call.id, who, "Ana has heard the goodbye, and hangs up")
    call.hang_up()
    await call.until_over()


async def _ben_answers(emulator: Emulator, bot: CallBot, narrate: Narrate) -> None:
    call, who = await _place(emulator, bot, BEN), "bot -> Ben"
    narrate(call.id, who, "the bot calls Ben")
    await call.until("established")
    narrate(call.id, who, "Ben has answered")
    await call.until_heard()
    narrate(call.id, who, "Ben has heard the welcome; the bot hangs up")
    await call.until_over()


async def _cleo_does_not(emulator: Emulator, bot: CallBot, narrate: Narrate) -> None:
    call, who = await _place(emulator, bot, CLEO), "bot -> Cleo"
    narrate(call.id, who, "the bot calls Cleo, who will not pick up")
    await call.until_over()


async def _place(emulator: Emulator, bot: CallBot, person: Person) -> EmulatedCall:
    placed = await bot.place_call(User(person.id))
    return emulator.call(placed.id)
