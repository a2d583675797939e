"""The admin API where the bot is a part of another application."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from callbot import CallBot, ConfigurationError, Settings, attach
from callbot.asgi import CallbotMiddleware
from tests.embedding.conftest import Place, Porter
from tests.ports import free_port

TOKEN = "a-token-of-the-admins-0123"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def settings(**more: object) -> Settings:
    values: dict[str, object] = {
        "app_id": "first",
        "client_secret": "x",
        "callback_url": "https://bot.example.com/api/calls",
    }
    return Settings(**(values | more))


@web.middleware
async def refuses_everybody(request: web.Request, handler: Any) -> web.StreamResponse:
    raise web.HTTPForbidden


@asynccontextmanager
async def running(app: web.Application, place: Place) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", place.port, ssl_context=place.server_tls()).start()
        yield
    finally:
        await runner.cleanup()


async def test_a_host_has_the_admin_api_on_its_own_port_behind_the_token_alone(place: Place) -> None:
    app = web.Application(middlewares=[refuses_everybody])
    bot = Porter()
    attach(
        app, bot, place.settings.model_copy(update={"admin_token": settings(admin_token=TOKEN).admin_token})
    )
    async with running(app, place), aiohttp.ClientSession(place.root) as client:
        async with client.get("/calls", ssl=place.trust()) as refused:
            assert refused.status == 401
        async with client.get("/calls", ssl=place.trust(), headers=HEADERS) as listed:
            assert (await listed.json())["calls"] == []
        await place.emulator.place_call("Ana")
        await bot.over.wait()
        ended = "/calls?ended=true"
        async with client.get(ended, ssl=place.trust(), headers=HEADERS) as listed:
            assert (await listed.json())["matching"] == 1
        async with client.get("/anything", ssl=place.trust()) as other:
            assert other.status == 403


async def test_a_stop_does_not_wait_for_those_who_follow_on_the_hosts_port(place: Place) -> None:
    app = web.Application()
    attach(
        app,
        CallBot(),
        place.settings.model_copy(update={"admin_token": settings(admin_token=TOKEN).admin_token}),
    )
    async with aiohttp.ClientSession(place.root) as client:
        async with running(app, place):
            events = await client.get("/calls/events", ssl=place.trust(), headers=HEADERS)
            assert await events.content.readline() == b"\n"
        assert await events.content.read() == b""
        events.close()


async def test_a_host_that_has_such_a_route_is_told_to_set_a_port() -> None:
    app = web.Application()
    app.router.add_static("/calls", Path(__file__).parent)
    with pytest.raises(ConfigurationError, match=r"has a route /calls already.* set admin_port"):
        attach(app, CallBot(), settings(admin_token=TOKEN))


async def test_without_settings_for_it_there_is_no_admin_api(place: Place) -> None:
    app = web.Application()
    runtime = attach(app, CallBot(), place.settings)
    async with running(app, place):
        assert (await place.get("/calls"))[0] == 404
    assert runtime._way._observer is None
    assert runtime.graph._funnel.watcher is None


async def test_bots_with_the_same_port_share_it_and_their_calls_are_told_apart() -> None:
    port = free_port()
    app = web.Application()
    for name in ("first", "second"):
        url = f"https://bot.example.com/{name}"
        attach(app, CallBot(), settings(app_id=name, callback_url=url, admin_port=port, callbacks="off"))
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            async with client.get("/calls") as listed:
                assert [bot["app_id"] for bot in (await listed.json())["bots"]] == ["first", "second"]
            async with client.post(
                "/calls", json={"user": "3f0c9a7e-5b1d-4e2a-9c8f-0a1b2c3d4e5f"}
            ) as refused:
                assert "`app_id` says which bot: first, second" in await refused.text()
            async with client.get("/readyz") as ready:
                assert ready.status == 200
    finally:
        await runner.cleanup()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/calls"):
            pass


async def test_bots_with_the_same_port_have_the_same_token() -> None:
    app = web.Application()
    attach(app, CallBot(), settings(admin_port=8444, admin_token=TOKEN))
    other = settings(app_id="second", admin_port=8444, admin_token="another-token-0123456789")
    with pytest.raises(ConfigurationError, match="not the same admin_token") as caught:
        attach(app, CallBot(), other)
    assert "another-token" not in str(caught.value)


async def test_a_port_that_is_taken_is_missed_before_any_bot_starts(place: Place) -> None:
    app = web.Application()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        runtime = attach(app, CallBot(), place.settings.model_copy(update={"admin_port": port}))
        runner = web.AppRunner(app)
        with pytest.raises(ConfigurationError, match=r"for the admin API: .*admin_port names another port"):
            await runner.setup()
        assert not runtime.accepting
        await runner.cleanup()


@pytest.mark.parametrize("speaks", [True, False])
async def test_an_asgi_server_is_told_in_words_what_the_settings_lack(*, speaks: bool) -> None:
    told: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not speaks:
            raise NotImplementedError
        await receive()
        try:
            await send({"type": "lifespan.startup.complete"})
        except BaseException:  # as Starlette does
            await send({"type": "lifespan.startup.failed", "message": "a traceback"})
            raise

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        told.append(message)

    middleware = CallbotMiddleware(app, bot=CallBot(), settings=settings(admin_token=TOKEN))
    await middleware({"type": "lifespan"}, receive, send)
    (said,) = told
    assert said["type"] == "lifespan.startup.failed"
    assert "a port of its own here: set admin_port, too" in said["message"]


async def test_an_asgi_application_has_it_on_a_port_of_its_own() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError

    port = free_port()
    given = settings(admin_port=port, admin_token=TOKEN, callbacks="off")
    middleware = CallbotMiddleware(app, bot=CallBot(), settings=given)
    await middleware._start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        async with client.get("/calls", headers=HEADERS) as listed:
            assert (await listed.json())["calls"] == []
        await middleware._stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get("/calls")
