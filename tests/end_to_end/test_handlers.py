"""Routers, middleware and reports in a bot that runs."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest

from callbot import (
    Call,
    CallBot,
    CallState,
    Filter,
    HandlerFailure,
    Middleware,
    Router,
    Tone,
    Transition,
    filters,
)
from callbot.bot.routing import Handler
from callbot.state import Change
from callbot.testing import simulate


def noting(log: list[str], name: str) -> Middleware:
    async def middleware(call: Call, change: Change, handler: Handler[Any]) -> None:
        log.append(f"{name}>")
        try:
            await handler(call, change)
        finally:
            log.append(f"<{name}")

    return middleware


async def test_a_bot_of_routers_with_middleware_around_its_handlers() -> None:
    log: list[str] = []
    desk, keys = Router(when=filters.incoming), Router(middlewares=[noting(log, "keys")])

    @desk.on(CallState.INCOMING, when=filters.peer_to_peer)
    async def take(call: Call, transition: Transition) -> None:
        log.append("take")
        await call.answer()
        await call.subscribe_to_tone()

    @keys.on_tone("1")
    async def one(call: Call, tone: Tone) -> None:
        log.append("one")
        await call.hang_up()

    bot = CallBot().include(desk.include(keys)).use(noting(log, "all"))
    async with simulate(bot) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        await call.press("21")
        await call.is_over()
    assert log == ["all>", "take", "<all", "all>", "keys>", "one", "<keys", "<all"]


async def test_a_middleware_keeps_callers_out() -> None:
    async def only_ana(call: Call, change: Change, handler: Handler[Any]) -> None:
        if filters.source("b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11")(call, change):
            await handler(call, change)
        elif call.state is CallState.INCOMING:
            await call.reject(wait=False)

    class Greeting(CallBot):
        middlewares = (only_ana,)

        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer(wait=False)

    async with simulate(Greeting()) as world:
        await (await world.incoming("Ana")).is_established()
        await (await world.incoming("Femi")).is_rejected()


async def test_the_error_of_a_handler_goes_to_its_router_first() -> None:
    told: list[str] = []
    router, fallible = Router(), Router()

    @fallible.on(CallState.INCOMING)
    async def fail(call: Call, transition: Transition) -> None:
        await call.reject(wait=False)
        raise LookupError("no such customer")

    @router.on_error
    async def regret(call: Call, failure: HandlerFailure) -> None:
        told.append(f"router: {failure.error}")

    class Bot(CallBot):
        async def on_terminated(self, call: Call, transition: Transition) -> None:
            raise LookupError("too late")

        async def on_error(self, call: Call, failure: HandlerFailure) -> None:
            told.append(f"bot: {failure.error}")

    async with simulate(Bot().include(router.include(fallible)), handlers_may_raise=True) as world:
        call = await world.incoming()
        await call.is_rejected()
    assert told == ["router: no such customer", "bot: too late"]


async def test_a_filter_that_raises_is_logged_and_the_call_goes_on() -> None:
    def broken(call: Call, change: Change) -> bool:
        raise LookupError

    router = Router()

    @router.on(CallState.ESTABLISHED, when=Filter(broken))
    async def never(call: Call, transition: Transition) -> None: ...

    class Answering(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer(wait=False)

    async with simulate(Answering().include(router), handlers_may_raise=True) as world:
        call = await world.incoming()
        await call.is_established()
        await call.hangs_up()
        await call.is_over()
        assert world.runtime.idle


@pytest.mark.parametrize("what", ["verb", "own"])
async def test_a_handler_that_takes_long_is_reported_with_where_it_stands(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            await self.dawdle(call)
            await call.hang_up()

        async def dawdle(self, call: Call) -> None:
            if what == "verb":
                await call.gather(first_tone_timeout=100)  # the verb
            else:
                await asyncio.sleep(100)  # the own

    async with simulate(Slow(), handler_time_limit=30) as world:
        call = await world.incoming()
        await call.is_over(within=200)
    (report,) = [vars(one) for one in caplog.records if one.message == "handler takes long"]
    source = Path(__file__).read_text().splitlines()
    file, _, line = report["where"].rpartition(":")
    assert file == __file__
    assert source[int(line) - 1].endswith(f"# the {what}")
    assert report["handler"].endswith("Slow.on_incoming")
    assert report["waits_for"] == ("ConversationVerbs.gather" if what == "verb" else "sleep")


@pytest.mark.parametrize("what", ["tones", "task", "future"])
async def test_the_report_says_what_it_waits_for_however_it_waits(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Listening(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            if what == "tones":
                async for _ in call.tones():
                    break
            elif what == "task":
                await asyncio.create_task(call.until(CallState.TRANSFERRING, limit=100))
            else:
                await asyncio.gather(call.until(CallState.TRANSFERRING, limit=100))

    async with simulate(Listening(), handler_time_limit=30, handlers_may_raise=True) as world:
        call = await world.incoming()
        await call.is_established()
        await world.advance(40)
        if what == "tones":
            await call.press("1")
        await world.advance(100)
        await call.hangs_up()
        await call.is_over()
    (report,) = [vars(one) for one in caplog.records if one.message == "handler takes long"]
    waits_for = {"tones": "PlayingVerbs.tones", "task": "LiveCall.until", "future": "GatheringFuture"}
    assert report["waits_for"] == waits_for[what]


async def test_the_report_is_about_the_call_whose_handler_takes_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Slow(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()

        async def on_established(self, call: Call, transition: Transition) -> None:
            if call.id == slow:
                await asyncio.sleep(100)

    async with simulate(Slow(), handler_time_limit=30) as world:
        first, second = await world.incoming(), await world.incoming()  # the first sets the timer for both
        slow = second.id
        await second.is_established()
        await world.advance(150)
        for call in (first, second):
            await call.hangs_up()
            await call.is_over()
    (report,) = [vars(one) for one in caplog.records if one.message == "handler takes long"]
    assert report["call_id"] == second.id
    assert report["hook"] == report["handler"]
    assert report["hook"].endswith("Slow.on_established")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_what_a_handler_raised_is_told_with_its_own_line_and_without_the_frames_around_it(
    caplog: pytest.LogCaptureFixture, level: str
) -> None:
    class Silent(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.play("gone.wav")

    caplog.set_level(level, "callbot")
    async with simulate(Silent(), handlers_may_raise=True) as world:
        await world.incoming("Ana")
        await world.settled()
    (record,) = [one for one in caplog.records if one.message == "handler failed"]
    told = vars(record)
    assert told["error"].startswith("PromptError: there is no prompt file ")
    file, _, line = told["where"].rpartition(":")
    assert 'call.play("gone.wav")' in Path(file).read_text().splitlines()[int(line) - 1]
    assert record.exc_info is not None
    frames = [frame.name for frame in traceback.extract_tb(record.exc_info[2])]
    assert (frames == ["on_incoming"]) is (level == "INFO")
    assert "on_incoming" in frames
