"""A bot in an aiohttp application that has middlewares and resources of its own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from callbot import Call, CallBot, ConfigurationError, Settings, Transition, attach
from callbot.service import serving_app
from tests.embedding.conftest import PROMPT, SEEN, Place, Porter


@web.middleware
async def wants_a_token_of_its_own(request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.json_response({"error": "Invalid token"}, status=401)


@asynccontextmanager
async def served(app: web.Application, place: Place) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", place.port, ssl_context=place.server_tls()).start()
        yield
    finally:
        await runner.cleanup()


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
def bot() -> Porter:
    return Porter()


async def test_a_middleware_that_refuses_everybody_does_not_see_callbacks(place: Place, bot: Porter) -> None:
    app = web.Application(middlewares=[wants_a_token_of_its_own])
    app.router.add_get("/hello", hello)
    attach(app, bot, place.settings)
    async with served(app, place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
        status, _ = await place.get("/hello")
    assert bot.seen == SEEN
    assert status == 401, "the host's own routes keep their middlewares"


async def test_a_middleware_that_is_added_after_the_bot_does_not_see_callbacks_either(
    place: Place, bot: Porter
) -> None:
    app = web.Application()
    attach(app, bot, place.settings)
    app.middlewares.append(wants_a_token_of_its_own)
    async with served(app, place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
    assert bot.seen == SEEN


async def test_a_middleware_in_front_of_all_is_named_when_the_application_starts(
    place: Place, bot: Porter, caplog: pytest.LogCaptureFixture
) -> None:
    app = web.Application()
    attach(app, bot, place.settings)
    app.middlewares.insert(0, wants_a_token_of_its_own)
    with caplog.at_level(logging.WARNING, "callbot"):
        async with served(app, place):
            pass
    (warning,) = [record for record in caplog.records if "call attach() after adding it" in record.message]
    assert vars(warning)["middleware"] == "wants_a_token_of_its_own"


async def test_a_route_of_the_host_that_takes_everything_does_not_take_callbacks(
    place: Place, bot: Porter
) -> None:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hello)
    attach(app, bot, place.settings)
    async with served(app, place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
    assert bot.seen == SEEN


async def test_a_path_of_the_host_below_prompts_keeps_its_middlewares(place: Place, bot: Porter) -> None:
    app = web.Application(middlewares=[wants_a_token_of_its_own])
    app.router.add_get("/prompts/list", hello)
    attach(app, bot, place.settings)
    async with served(app, place):
        assert (await place.get("/prompts/list"))[0] == 401


def test_the_callback_path_can_be_nobody_elses(settings: Settings) -> None:
    app = web.Application()
    app.router.add_post("/api/calls", hello)
    with pytest.raises(ConfigurationError, match="has a route /api/calls already"):
        attach(app, CallBot(), settings)


def test_an_application_has_one_bot(settings: Settings) -> None:
    app = web.Application()
    attach(app, CallBot(), settings)
    with pytest.raises(ConfigurationError, match="attach\\(\\) it once"):
        attach(app, CallBot(), settings)


@pytest.fixture
def settings() -> Settings:
    return Settings(app_id="bot", client_secret="s", callback_url="https://bot.example.com/api/calls")


class Busy(CallBot):
    """Has a handler that works until it is told to end, or that plays a prompt."""

    def __init__(self, log: list[str], *, plays: bool) -> None:
        self.log = log
        self.plays = plays
        self.began = asyncio.Event()

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        self.log.append("handler began")
        self.began.set()
        if self.plays:
            await call.play(PROMPT)
        for _ in range(20):
            await call.refresh()
        self.log.append("handler ended")


def host_of(bot: Busy, place: Place) -> web.Application:
    """An application that closes its resources as late and as early as aiohttp knows."""
    app = web.Application()

    async def resource(_: web.Application) -> AsyncIterator[None]:
        yield
        bot.log.append("resource closed")

    async def shut_down(_: web.Application) -> None:
        bot.log.append("host shut down")

    app.on_shutdown.append(shut_down)
    attach(app, bot, place.settings)
    app.cleanup_ctx.append(resource)  # so that aiohttp closes it before what attach() has added
    return app


ORDER = ["handler began", "handler ended", "host shut down", "resource closed"]


async def test_handlers_end_before_anything_of_the_host_closes(place: Place) -> None:
    bot = Busy(place.log, plays=False)
    async with served(host_of(bot, place), place):
        await place.emulator.place_call("Ana")
        await bot.began.wait()
    assert bot.log == ORDER


async def test_the_application_listens_until_handlers_have_what_they_wait_for(place: Place) -> None:
    bot = Busy(place.log, plays=True)
    async with serving_app(host_of(bot, place)):
        await place.emulator.place_call("Ana")
        await bot.began.wait()
    assert bot.log == ORDER
