"""What the people of the demo do: three calls, side by side, each played to its end."""

import asyncio
from collections.abc import Callable

from callbot import CallBot, User
from callbot.cli.demo.stage import ANA, BEN, CLEO
from callbot.emulator import EmulatedCall, Emulator, Person

Narrate = Callable[[str, str], None]
"""Told what a person does: the call's id, and the sentence."""


async def play(emulator: Emulator, bot: CallBot, narrate: Narrate) -> None:
    """Play all calls; returns when the last one is over."""
    async with asyncio.TaskGroup() as scenes:
        scenes.create_task(_ana_calls(emulator, narrate))
        scenes.create_task(_ben_answers(emulator, bot, narrate))
        scenes.create_task(_cleo_does_not(emulator, bot, narrate))


async def _ana_calls(emulator: Emulator, narrate: Narrate) -> None:
    call = await emulator.place_call(ANA)
    narrate(call.id, "Ana calls the bot")
    await call.until_heard()
    narrate(call.id, "Ana has heard the welcome, and presses 1")
    call.press("1")
    await call.until_heard(2)
    narrate(call.id, "Ana has heard the goodbye, and hangs up")
    call.hang_up()
    await call.until_over()


async def _ben_answers(emulator: Emulator, bot: CallBot, narrate: Narrate) -> None:
    call = await _place(emulator, bot, BEN)
    narrate(call.id, "the bot calls Ben")
    await call.until("established")
    narrate(call.id, "Ben has answered")
    await call.until_heard()
    narrate(call.id, "Ben has heard the welcome")
    await call.until_over()


async def _cleo_does_not(emulator: Emulator, bot: CallBot, narrate: Narrate) -> None:
    call = await _place(emulator, bot, CLEO)
    narrate(call.id, "the bot calls Cleo, who will not pick up")
    await call.until_over()


async def _place(emulator: Emulator, bot: CallBot, person: Person) -> EmulatedCall:
    placed = await bot.place_call(User(person.id))
    return emulator.call(placed.id)
