"""Calls that are given up while they are placed: a create that was sent cannot be taken back."""

import asyncio
from typing import Any

import pytest

from callbot import Call, CallBot, GraphError, Transition, Unavailable, User
from callbot.model import CallResource
from callbot.testing import World, simulate

FEMI = "Femi"


class Impatient(CallBot):
    """Calls somebody from a handler that may be cancelled."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition.new)


class LateAnswer:
    """Keeps Graph's answer to a create back until `gate` is open; `failure` then comes instead of it."""

    def __init__(self, world: World, failure: GraphError | None = None) -> None:
        self.gate, self.sent = asyncio.Event(), asyncio.Event()
        self._create = world.runtime.graph.create_call
        self._failure = failure
        world.runtime.graph.create_call = self  # type: ignore[method-assign]

    async def __call__(self, *arguments: Any, **named: Any) -> CallResource:
        resource = await self._create(*arguments, **named)
        self.sent.set()
        await self.gate.wait()
        if self._failure is not None:
            raise self._failure
        return resource


async def give_up(bot: CallBot, late: LateAnswer, world: World) -> None:
    femi = await world.person(FEMI, answers_after=1.0)
    placing = asyncio.create_task(bot.place_call(User(femi.id)))
    await late.sent.wait()
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing


async def test_it_is_hung_up_as_soon_as_graph_has_answered() -> None:
    bot = Impatient()
    async with simulate(bot) as world:
        late = LateAnswer(world)
        await give_up(bot, late, world)
        call = await world.outgoing(FEMI)
        await call.is_established()
        late.gate.set()
        await call.is_over()
        assert bot.seen[-1] == "terminated"
        assert bot.seen.count("establishing") == 1


async def test_a_stop_waits_for_that() -> None:
    bot = Impatient()
    async with simulate(bot) as world:
        late = LateAnswer(world)
        await give_up(bot, late, world)
        call = await world.outgoing(FEMI)
        stopping = asyncio.create_task(world.runtime.stop())
        await world.advance(3)
        assert not stopping.done()
        late.gate.set()
        await stopping
        assert (await call.sight()).state == "terminated"


async def test_but_not_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    bot = Impatient()
    async with simulate(bot) as world:
        await give_up(bot, LateAnswer(world), world)
        began = world.clock.time()
        await world.runtime.stop()
        assert world.clock.time() - began < world.runtime.settings.request_timeout + 10
    assert "calls that were given up while they were placed may live on" in caplog.text


async def test_there_is_nothing_to_hang_up_when_graph_refused() -> None:
    bot = Impatient()
    async with simulate(bot) as world:
        late = LateAnswer(world, Unavailable("down", verb="create_call"))
        await give_up(bot, late, world)
        late.gate.set()
        call = await world.outgoing(FEMI)
        await world.advance(5)
        assert (await call.sight()).state == "established"
        assert await call.requests("delete") == []
        await call.hangs_up()
        await call.is_over()
