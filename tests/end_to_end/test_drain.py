"""A bot that is asked to stop: what becomes of live calls, and of calls that come in meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from callbot import Call, CallBot, RejectReason, Tone, Transition
from callbot.emulator import TENANT_ID
from callbot.runtime import Runtime
from callbot.service import serving
from callbot.testing import StagedCall, simulate
from tests.end_to_end.conftest import Start, bot_settings
from tests.ports import free_port


class Answering(CallBot):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.keys = ""

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        self.seen.append((call.id, "incoming"))
        await call.answer()
        await call.subscribe_to_tone()

    async def on_tone(self, call: Call, tone: Tone) -> None:
        self.keys += tone.key

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append((call.id, transition.new))

    def of(self, call_id: str) -> list[str]:
        return [state for one, state in self.seen if one == call_id]


class Stubborn(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await asyncio.get_running_loop().create_future()


@asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[Runtime]:
    await runtime.start()
    try:
        yield runtime
    finally:
        runtime.hurry()
        await runtime.stop()


def why(runtime: Runtime) -> str:
    return runtime.closed_because or ""


def said(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)


async def rejected(call: StagedCall) -> object:
    """Wait until a call is over, which nobody may tell the bot, and return the reason it was given."""
    await call.becomes("terminated", within=10)
    (request,) = await call.requests("reject")
    return request["reason"]


# -- live calls ----------------------------------------------------------------------------------------


async def test_live_calls_end_by_themselves_and_everything_works_meanwhile() -> None:
    bot = Answering()
    async with simulate(bot, drain_calls_timeout=4 * 3600.0) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        began = world.clock.time()
        draining = asyncio.create_task(world.runtime.drain())
        await world.advance(3600)
        assert not world.runtime.accepting
        assert not draining.done()
        await call.press("12")
        await call.hangs_up()
        await draining
        assert bot.keys == "12"
        assert bot.of(call.id) == ["incoming", "establishing", "established", "terminated"]
        assert 3600 < world.clock.time() - began < 3700
        assert len(await call.requests("keepAlive")) >= 4


async def test_calls_that_do_not_end_in_time_are_left(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with simulate(Answering(), drain_calls_timeout=300.0) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        began = world.clock.time()
        await world.runtime.drain()
        assert world.clock.time() - began == pytest.approx(300, abs=1)
        assert (await call.sight()).state == "established"
        assert said(caplog, "waiting for calls to end") == 5
        assert said(caplog, "live calls are left behind without a bot") == 1
        await world.runtime.drain()  # a second time there is nothing to wait for
        assert world.clock.time() - began == pytest.approx(300, abs=1)


async def test_calls_that_do_not_end_in_time_are_hung_up_where_that_is_asked_for() -> None:
    bot = Answering()
    async with simulate(bot, drain_calls_timeout=300.0, drain_leftover="hang_up") as world:
        calls = [await world.incoming(name) for name in ("Ana", "Ben")]
        for call in calls:
            await call.is_asked_for("subscribeToTone")
        await world.runtime.drain()
        for call in calls:
            await call.is_over()
            assert bot.of(call.id)[-1] == "terminated"


async def test_a_call_that_cannot_be_hung_up_is_named(caplog: pytest.LogCaptureFixture) -> None:
    async with simulate(Answering(), drain_leftover="hang_up") as world:
        calls = [await world.incoming(name) for name in ("Ana", "Ben")]
        for call in calls:
            await call.is_asked_for("subscribeToTone")
        await world.fault("throttle", where="DELETE", times=20)
        await world.runtime.drain()
    told = [vars(one) for one in caplog.records if one.message == "call could not be hung up"]
    assert {(one["call_id"], one["tenant"]) for one in told} == {(call.id, TENANT_ID) for call in calls}


async def test_by_default_live_calls_are_left_at_once() -> None:
    async with simulate(Answering()) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        await world.settled()
        began = world.clock.time()
        await world.runtime.drain()
        assert world.clock.time() - began < 1


async def test_a_drain_says_how_long_it_may_take_still(caplog: pytest.LogCaptureFixture) -> None:
    async with simulate(Answering(), drain_calls_timeout=300.0, drain_timeout=20.0) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        assert why(world.runtime) == ""
        draining = asyncio.create_task(world.runtime.drain())
        await world.advance(100)
        assert why(world.runtime) == "the bot drains, at most 220 s are left"
        world.runtime.hurry()
        await draining
        assert why(world.runtime) == "the bot drains, at most 0 s are left"
    assert why(world.runtime) == "the bot has stopped"


async def test_what_ends_the_time_of_handlers_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for hurried, why in ((True, "asked to hurry"), (False, "drain_timeout is over")):
        caplog.clear()
        async with simulate(Stubborn(), drain_timeout=20.0) as world:
            await world.incoming("Ana")
            await world.advance(1)
            draining = asyncio.create_task(world.runtime.drain())
            await world.advance(1)
            if hurried:
                world.runtime.hurry()
            await world.advance(30)
            await draining
        (line,) = (vars(one) for one in caplog.records if "by the drain" in one.getMessage())
        assert line["why"] == why


async def test_in_a_hurry_no_call_is_waited_for() -> None:
    async with simulate(Answering(), drain_calls_timeout=3600.0) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        began = world.clock.time()
        draining = asyncio.create_task(world.runtime.drain())
        await world.advance(10)
        world.runtime.hurry()
        await draining
        assert world.clock.time() - began < 11


# -- new calls -----------------------------------------------------------------------------------------


async def test_who_calls_meanwhile_hears_that_nobody_is_free_and_the_bot_hears_nothing() -> None:
    bot = Answering()
    async with simulate(bot, drain_calls_timeout=3600.0) as world:
        old = await world.incoming("Ana")
        await old.is_asked_for("subscribeToTone")
        draining = asyncio.create_task(world.runtime.drain())
        await world.advance(1)
        new = await world.incoming("Ben")
        assert await rejected(new) == RejectReason.BUSY
        await world.advance(1)
        assert bot.of(new.id) == []
        assert world.runtime.newcomers.counts["turned away"] == 1
        assert (await old.sight()).state == "established"
        await old.hangs_up()
        await draining


async def test_who_calls_meanwhile_is_sent_to_another_deployment(start: Start) -> None:
    there, here = Answering(), Answering()
    elsewhere = f"https://localhost:{free_port()}/api/calls"
    async with start(here, drain_incoming=elsewhere) as world:
        settings = bot_settings(world.emulator, elsewhere, port=urlsplit(elsewhere).port)
        async with serving(there, settings):
            await world.runtime.drain()
            call = await world.emulator.place_call("Ana")
            await call.until("established")
            await world.until(lambda: there.of(call.id) == ["incoming", "establishing", "established"])
            assert here.seen == []
            call.hang_up()
            await call.until_over()


async def test_a_call_is_kept_for_the_next_process(start: Start, tmp_path: Path) -> None:
    first, second = Answering(), Answering()
    store = f"sqlite:///{tmp_path}/calls.db"
    async with start(first, store=store, drain_incoming="accept", reconcile_interval=0.5) as world:
        old = await world.emulator.place_call("Ana")
        await world.until(lambda: first.of(old.id) == ["incoming", "establishing", "established"])
        await world.settled()
        async with running(Runtime(second, world.settings)):
            await world.runtime.drain()
            new = await world.emulator.place_call("Ben")
            await world.until(lambda: world.runtime.newcomers.counts["kept"] == 1)
            await world.runtime.stop()
            await new.until("established")
            old.hang_up()
            await old.until_over()
            await world.until(lambda: second.of(old.id) == ["terminated"])
            assert first.of(new.id) == []
            assert second.of(new.id)[:1] == ["incoming"]


@pytest.mark.parametrize("way", ["reject", "accept"])
async def test_a_call_that_the_next_process_has_accepted_is_turned_away_before_it_is_too_late(
    way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It cannot be handled there as long as this process looks after the calls."""
    caplog.set_level(logging.INFO)
    bot = Answering()
    store = f"sqlite:///{tmp_path}/calls.db"
    async with simulate(bot, store=store, drain_incoming=way, outside=("aiosqlite",)) as world:
        runtime = world.runtime
        runtime.newcomers.close_door()  # and the drain takes long
        accept = runtime.intake._newcomers.admit
        runtime.intake._newcomers.admit = lambda seen: (seen, None)  # type: ignore[method-assign]
        new = await world.incoming("Ben")  # as the other process would take it
        await world.advance(1)
        runtime.intake._newcomers.admit = accept  # type: ignore[method-assign]
        assert runtime.newcomers.counts["kept"] == 1
        assert await rejected(new) == RejectReason.BUSY
        await world.advance(1)
        assert bot.of(new.id) == []
        assert [one async for one in runtime._store.inbox()] == []
    (told,) = [vars(one) for one in caplog.records if one.message.startswith("new call was turned away")]
    assert (told["call_id"], told["tenant"]) == (new.id, TENANT_ID)
    assert "request_id" not in told  # the timer was set in the course of a callback, but rings for none
