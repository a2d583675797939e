"""A bot that does nothing by itself, and the calls its verbs are tried on."""

import asyncio
from pathlib import Path

from callbot import Call, CallBot, CallState, OperationFinished, RosterChange, Transition, User
from callbot.emulator import Behaviour, EmulatedCall, WhenCalled
from tests.end_to_end.conftest import World

WELCOME = Path(__file__).parents[2] / "samples" / "prompts" / "welcome.wav"
MEETING_ID = "231 234 567 890"
PASSCODE = "abc123"


class Passive(CallBot):
    """Keeps what it is told, and hands incoming calls to the test."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self.operations: list[OperationFinished] = []
        self.rosters: list[RosterChange] = []
        self.ends: list[Transition] = []

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        self.incoming.put_nowait(call)

    async def on_operation(self, call: Call, finished: OperationFinished) -> None:
        self.operations.append(finished)

    async def on_roster(self, call: Call, change: RosterChange) -> None:
        self.rosters.append(change)

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.ends.append(transition)


def user(world: World, name: str, when: WhenCalled | None = None) -> User:
    """Return a person who reacts at once, as they always do or as `when` says."""
    person = world.emulator.person(name)
    person.behaviour = Behaviour(
        when_called=when or person.behaviour.when_called, after=0.0, speaks_for=person.behaviour.speaks_for
    )
    return User(person.id)


async def ring(world: World, bot: Passive, name: str = "Ana") -> tuple[Call, EmulatedCall]:
    """Let somebody call the bot, which does not answer yet."""
    emulated = await world.emulator.place_call(name)
    call = await bot.incoming.get()
    assert call.id == emulated.id
    return call, emulated


async def connect(world: World, bot: Passive, name: str = "Femi") -> tuple[Call, EmulatedCall]:
    """Let the bot call somebody who answers."""
    call = await bot.place_call(user(world, name))
    await call.until(CallState.ESTABLISHED)
    return call, world.emulator.call(call.id)


async def meet(world: World, bot: Passive) -> tuple[Call, EmulatedCall]:
    """Let the bot join the meeting with Ana and Femi in it."""
    call = await bot.join_meeting(MEETING_ID, passcode=PASSCODE)
    await call.until(CallState.ESTABLISHED)
    await world.until(lambda: len(call.roster) == 3)
    return call, world.emulator.call(call.id)
