"""A bot in front of an ASGI application, in a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from callbot import CallBot, StoreError
from callbot.asgi import CallbotMiddleware
from callbot.metrics.collector import BotCollector
from tests.embedding.conftest import PROMPT, SEEN, Place, Porter


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


class WantsATokenOfItsOwn:
    """A host's authentication, for everything."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await JSONResponse({"error": "Invalid token"}, 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@asynccontextmanager
async def served(app: Any, place: Place) -> AsyncIterator[None]:
    tls = place.emulator.bot_tls
    config = uvicorn.Config(
        app,
        port=place.port,
        ssl_certfile=str(tls.certificate),
        ssl_keyfile=str(tls.key),
        log_config=None,
        lifespan="auto",
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())  # serve() would take the signals of the test run
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has nothing to wait on
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def bot() -> Porter:
    return Porter()


async def test_a_call_goes_its_whole_way_beside_the_hosts_own_routes(place: Place, bot: Porter) -> None:
    app = Starlette(routes=[Route("/hello", hello)])
    app.add_middleware(CallbotMiddleware, bot=bot, settings=place.settings)
    async with served(app, place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
        assert await place.get("/hello") == (200, "hello")
    assert bot.seen == SEEN


async def test_its_metrics_can_be_read_while_it_runs(place: Place, bot: Porter) -> None:
    app = CallbotMiddleware(Starlette(), bot=bot, settings=place.settings)
    registry = CollectorRegistry()
    registry.register(BotCollector(app.bots))
    ready = {"bot": place.settings.app_id}
    assert registry.get_sample_value("callbot_ready", ready) is None
    async with served(app, place):
        assert registry.get_sample_value("callbot_ready", ready) == 1
    assert registry.get_sample_value("callbot_ready", ready) is None


async def test_the_hosts_middlewares_do_not_see_callbacks(place: Place, bot: Porter) -> None:
    app = Starlette(routes=[Route("/hello", hello)], middleware=[Middleware(WantsATokenOfItsOwn)])
    app.add_middleware(CallbotMiddleware, bot=bot, settings=place.settings)
    async with served(app, place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
        assert (await place.get("/hello"))[0] == 401
    assert bot.seen == SEEN


async def test_the_bot_lives_within_the_hosts_lifespan(place: Place, bot: Porter) -> None:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        place.log.append("host opened")
        yield
        place.log.append(f"host closed, bot {'ran' if wrapped.hosted else 'was stopped'}")

    wrapped = CallbotMiddleware(Starlette(lifespan=lifespan), bot=bot, settings=place.settings)
    async with served(wrapped, place):
        assert place.log == ["host opened"]
        assert wrapped.hosted is not None
    assert place.log == ["host opened", "host closed, bot was stopped"]


async def test_an_application_without_lifespan_gets_one(place: Place, bot: Porter) -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError("only http is spoken here")

    async with served(CallbotMiddleware(bare, bot=bot, settings=place.settings), place):
        await place.emulator.place_call("Ana")
        await bot.over.wait()
    assert bot.seen == SEEN


async def test_a_bot_that_cannot_start_keeps_the_host_from_starting(place: Place) -> None:
    settings = place.settings.model_copy(update={"store": "sqlite:////nowhere/calls.db"})
    wrapped = CallbotMiddleware(Starlette(), bot=CallBot(), settings=settings)
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(StoreError):
        await wrapped({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert "its folder does not exist" in sent[0]["message"]


async def test_a_callback_before_the_start_is_asked_to_come_again(place: Place, bot: Porter) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nobody reads the body")

    async def send(message: Any) -> None:
        sent.append(message)

    wrapped = CallbotMiddleware(Starlette(), bot=bot, settings=place.settings)
    await wrapped({"type": "http", "method": "POST", "path": "/api/calls", "headers": []}, receive, send)
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"retry-after"]) == (503, b"1")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer a.b.c"}, 401)],
    ids=["no token", "no such token"],
)
async def test_strangers_are_turned_away(
    place: Place, bot: Porter, headers: dict[str, str], status: int
) -> None:
    async with served(CallbotMiddleware(Starlette(), bot=bot, settings=place.settings), place):
        answer, sent = await place.post("/api/calls", headers)
    assert (answer, sent["connection"]) == (status, "close")
    assert bot.seen == []


async def test_what_is_not_sent_with_post_is_told_so(place: Place, bot: Porter) -> None:
    async with served(CallbotMiddleware(Starlette(), bot=bot, settings=place.settings), place):
        status, text = await place.get("/api/calls")
    assert status == 405
    assert "other_method" in text


async def test_a_prompt_is_served_once_and_then_by_its_tag(place: Place, bot: Porter) -> None:
    wrapped = CallbotMiddleware(Starlette(), bot=bot, settings=place.settings)
    async with served(wrapped, place), aiohttp.ClientSession(place.root) as client:
        assert wrapped.hosted is not None
        info = wrapped.hosted.prompts.prompt(PROMPT)
        path = info.uri.removeprefix(place.root) if info.uri else ""
        trust = place.trust()
        async with client.get(path, ssl=trust) as answer:
            body, tag = await answer.read(), answer.headers["ETag"]
            assert (answer.status, answer.content_type) == (200, "audio/wav")
        async with client.head(path, ssl=trust) as answer:
            assert answer.content_length == len(body)
        async with client.get(path, headers={"If-None-Match": tag}, ssl=trust) as answer:
            assert answer.status == 304
        async with client.post(path, ssl=trust) as answer:
            assert answer.status == 405
        async with client.get(path.replace("-", "0", 1), ssl=trust) as answer:
            assert answer.status == 404
