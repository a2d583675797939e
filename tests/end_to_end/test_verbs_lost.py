"""A lost notification makes a verb slow, never wrong: the bot looks for itself, in virtual time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from callbot import Call, CallState, CommsOperation, OperationFailed, WaitTimeout
from callbot.emulator import AppRegistration, Behaviour, Emulator, EmulatorSettings, Timing, WhenCalled
from callbot.model import Notification, OperationStatus, PathKind
from callbot.service import serving
from callbot.state import Notified
from callbot.testing import ManualClock
from callbot.webhook import Callback
from tests.end_to_end.conftest import World, bot_settings
from tests.end_to_end.verbs import WELCOME, Passive, connect, meet, ring, user
from tests.ports import free_port

Outcome = TypeVar("Outcome")
Lose = Callable[[Notification], bool]
StartDeaf = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def start(tmp_path: Path) -> StartDeaf:
    """Start an emulator in real time, and a bot in virtual time that does not hear what `lose` says."""

    @asynccontextmanager
    async def start_deaf(bot: Passive, lose: Lose) -> AsyncIterator[World]:
        callback_url = f"https://localhost:{free_port()}/api/calls"
        emulated = EmulatorSettings(
            port=0,
            directory=tmp_path / "emulator",
            apps=(AppRegistration(callback_url=callback_url),),
            prompt_speed=20.0,
            timing=Timing(establish=0.02, media=0.01, gallery=0.02, transfer_done=0.02),
        )
        clock = ManualClock(time.time())
        async with Emulator(emulated) as emulator:
            settings = bot_settings(emulator, callback_url, request_timeout=1e6)  # of virtual seconds
            async with serving(bot, settings, clock=clock) as runtime:
                hear = runtime.intake._about_known_calls

                def hear_some(callback: Callback, told: Sequence[Notification]) -> Sequence[Notified]:
                    return hear(callback, [one for one in told if not lose(one)])

                runtime.intake._about_known_calls = hear_some  # type: ignore[method-assign]  # the loss
                yield World(emulator, settings, runtime)

    return start_deaf


def clock_of(world: World) -> ManualClock:
    assert isinstance(world.runtime.clock, ManualClock)
    return world.runtime.clock


async def in_time(world: World, verb: asyncio.Task[Outcome]) -> Outcome:
    """Let time pass until the verb has its outcome; what it waits for has happened or never will."""
    while not verb.done():
        await clock_of(world).advance(1.0)
        await asyncio.sleep(0.001)  # for what is on the wire
    return await verb


async def operations_over(call: Call) -> None:
    """Return when everything that was begun in the call has finished, which nobody may have told."""
    operations: Sequence[CommsOperation] = []
    while not operations or not all(one.is_finished for one in operations):
        operations = await call.operations.list()


def is_operation(notification: Notification) -> bool:
    return notification.path.kind is PathKind.OPERATION


def is_call(notification: Notification) -> bool:
    return notification.path.kind is PathKind.CALL


async def test_the_end_of_a_prompt_that_nobody_told_of_is_read(start: StartDeaf) -> None:
    bot = Passive()
    async with start(bot, is_operation) as world:
        call, _ = await connect(world, bot)
        await call.audio_ready()
        began = world.runtime.clock.monotonic()
        playing = asyncio.create_task(call.play(WELCOME))
        await operations_over(call)
        played = await in_time(world, playing)
        assert played.status is OperationStatus.COMPLETED
        assert world.runtime.clock.monotonic() - began >= 15
        await world.until(lambda: len(bot.operations) == 1)
        assert bot.operations[0].operation.id == played.id


async def test_an_invitation_that_failed_unheard_fails_all_the_same(start: StartDeaf) -> None:
    bot = Passive()
    async with start(bot, is_operation) as world:
        call, _ = await meet(world, bot)
        inviting = asyncio.create_task(call.invite(user(world, "Chris")))
        await operations_over(call)
        with pytest.raises(OperationFailed) as failed:
            await in_time(world, inviting)
        assert failed.value.subcode == 9999


async def test_a_recording_is_looked_for_only_after_the_time_it_may_take(
    start: StartDeaf, tmp_path: Path
) -> None:
    bot = Passive()
    async with start(bot, is_operation) as world:
        call, _ = await connect(world, bot)
        world.emulator.person("Femi").behaviour = Behaviour(speaks_for=0.1)
        await call.audio_ready()
        began = world.runtime.clock.monotonic()
        soon = asyncio.create_task(call.record(max_silence_timeout=1, max_duration=30, beep=False))
        await operations_over(call)
        recording = await in_time(world, soon)
        assert world.runtime.clock.monotonic() - began >= 45
        assert await recording.save(tmp_path / "said.wav") > 0


async def test_an_outcome_that_never_comes_is_given_up_with_a_clear_error(start: StartDeaf) -> None:
    bot = Passive()
    async with start(bot, is_operation) as world:
        call, _ = await meet(world, bot)
        silent = user(world, "Ben", WhenCalled.IGNORE)
        with pytest.raises(WaitTimeout, match=r"invite has no outcome after 100 s") as given_up:
            await in_time(world, asyncio.create_task(call.invite(silent, limit=100.0)))
        assert given_up.value.limit == 100.0
        assert not call.ended


async def test_a_transfer_that_failed_unheard_fails_all_the_same(start: StartDeaf) -> None:
    bot = Passive()
    deaf: list[bool] = []
    async with start(bot, lambda notification: bool(deaf) and is_call(notification)) as world:
        call, emulated = await connect(world, bot)
        deaf.append(True)
        transferring = asyncio.create_task(call.transfer(user(world, "Chris")))
        await world.until(lambda: emulated.states[-2:] == ["transferring", "established"])
        with pytest.raises(OperationFailed):
            await in_time(world, transferring)
        assert call.state is CallState.ESTABLISHED


async def test_a_transfer_that_succeeded_unheard_is_known_by_the_end_of_the_call(start: StartDeaf) -> None:
    bot = Passive()
    deaf: list[bool] = []

    def lose(notification: Notification) -> bool:
        return bool(deaf) and is_call(notification) and _state(notification) == "terminated"

    async with start(bot, lose) as world:
        call, emulated = await connect(world, bot)
        deaf.append(True)
        transferring = asyncio.create_task(call.transfer(user(world, "Ana")))
        await emulated.until_over()
        await in_time(world, transferring)
        assert call.ended


async def test_answering_and_hanging_up_need_no_callback(start: StartDeaf) -> None:
    bot = Passive()
    deaf: list[bool] = []
    async with start(bot, lambda _: bool(deaf)) as world:
        call, emulated = await ring(world, bot)
        deaf.append(True)
        answering = asyncio.create_task(call.answer())
        await emulated.until("established")
        await in_time(world, answering)
        assert call.state is CallState.ESTABLISHED
        hanging_up = asyncio.create_task(call.hang_up())
        await emulated.until_over()
        await in_time(world, hanging_up)
        assert call.ended


async def test_reading_the_roster_tells_who_came_unheard(start: StartDeaf) -> None:
    bot = Passive()
    deaf: list[bool] = []
    async with start(bot, lambda _: bool(deaf)) as world:
        call, emulated = await meet(world, bot)
        deaf.append(True)
        emulated.group.join("Ben")
        emulated.group.leave("Femi")
        await world.emulator.until_idle()
        assert len(call.roster) == 3
        await call.participants.list()
        await world.until(lambda: world.runtime.idle)
        last = bot.rosters[-1]
        assert [len(last.joined), len(last.left), len(last.changed)] == [1, 1, 0]
        assert {one.id for one in call.roster} == {str(one["id"]) for one in emulated.group.roster}


def _state(notification: Notification) -> object:
    data = notification.resource_data
    return data.get("state") if isinstance(data, dict) else None
