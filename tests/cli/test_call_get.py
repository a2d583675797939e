"""`callbot call get`: the call as Graph has it, or what is in the way and what to do."""

import asyncio
import json
import os
import pty
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import pytest
from aiohttp import web

from callbot.emulator import APP_ID, Emulator
from tests.cli.conftest import ROOT, Run

PEER_TO_PEER = {
    "@odata.type": "#microsoft.graph.call",
    "state": "established",
    "direction": "outgoing",
    "callbackUri": "https://bot.example.com/callback",
    "source": {
        "@odata.type": "#microsoft.graph.participantInfo",
        "identity": {"application": {"displayName": "Calling Bot", "id": "2891555a"}},
        "region": None,
    },
    "targets": [{"identity": {"user": {"displayName": "John", "id": "112f7296"}}}],
    "requestedModalities": ["audio"],
    "id": "2e1a0b00-2db4-4022-9570-243709c565ab",
    "somethingNew": {"from": "tomorrow"},
    "resultInfo": None,
}


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def graph_that(emulator: Emulator, answer: Answer) -> AsyncIterator[dict[str, str]]:
    """A Graph that signs everybody in and gives one answer to every read; yields the settings for it."""

    async def discover(request: web.Request) -> web.Response:
        here = f"{request.url.origin()}/{request.match_info['tenant']}"
        names = ("authorization_endpoint", "token_endpoint", "issuer")
        return web.json_response({name: f"{here}/{name}" for name in names})

    async def sign_in(_: web.Request) -> web.Response:
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": "a-token"})

    app = web.Application()
    app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", discover)
    app.router.add_post("/{tenant}/token_endpoint", sign_in)
    app.router.add_get("/v1.0/communications/calls/{id}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(emulator.bot_tls.certificate, emulator.bot_tls.key)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    root = f"https://localhost:{runner.addresses[0][1]}"
    try:
        yield {"CALLBOT_AUTHORITY": root, "CALLBOT_GRAPH_ROOT": root}
    finally:
        await runner.cleanup()


class Graph(Protocol):
    async def __call__(self, answer: Answer) -> dict[str, str]: ...


@pytest.fixture
async def graph(emulator: Emulator, environment: dict[str, str]) -> AsyncIterator[Graph]:
    """Start a Graph with one answer, and return the settings of a bot that asks it."""
    async with AsyncExitStack() as stack:

        async def start(answer: Answer) -> dict[str, str]:
            return environment | await stack.enter_async_context(graph_that(emulator, answer))

        yield start


async def test_a_call_is_printed_as_graph_has_it(
    callbot: Run, emulator: Emulator, environment: dict[str, str]
) -> None:
    call = await emulator.place_call("Ana")
    ended = await callbot("call", "get", call.id, env=environment)
    assert (ended.code, ended.err) == (0, "")
    document = json.loads(ended.out)
    assert (document["id"], document["state"], document["direction"]) == (call.id, "incoming", "incoming")
    assert document["source"]["identity"]["user"]["displayName"] == "Ana"


async def test_nothing_that_graph_sent_is_lost(callbot: Run, graph: Graph) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(PEER_TO_PEER)

    ended = await callbot("call", "get", "x", env=await graph(answer))
    assert ended.code == 0
    assert list(json.loads(ended.out).items()) == list(PEER_TO_PEER.items())


async def test_on_a_terminal_a_line_for_people_comes_first(graph: Graph) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(PEER_TO_PEER)

    terminal, end = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callbot", "call", "get", "x"),
        cwd=ROOT,
        env={**os.environ, **await graph(answer), "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=end,
    )
    os.close(end)
    reading = asyncio.to_thread(_read_all, terminal)
    said, code = await asyncio.gather(reading, process.wait())
    os.close(terminal)
    head, _, document = said.replace("\r\n", "\n").partition("\n")
    assert (code, head) == (0, "established, outgoing: Calling Bot -> John")
    assert json.loads(document) == PEER_TO_PEER


def _read_all(terminal: int) -> str:
    said = b""
    while True:
        try:
            said += os.read(terminal, 65536)
        except OSError:  # the other end was closed
            return said.decode()


async def test_a_call_that_is_over_ends_with_5(callbot: Run, environment: dict[str, str]) -> None:
    ended = await callbot("call", "get", "2e1a0b00-2db4-4022-9570-243709c565ab", env=environment)
    assert (ended.code, ended.out) == (5, "")
    assert "HTTP 404, code 8522, request-id" in ended.err
    assert "The call 2e1a0b00-2db4-4022-9570-243709c565ab is over, never was" in ended.err
    assert "handler" not in ended.err


async def test_reading_needs_no_callback_url(callbot: Run, environment: dict[str, str]) -> None:
    del environment["CALLBOT_CALLBACK_URL"]
    secret = ("--set", f"client_secret={environment.pop('CALLBOT_CLIENT_SECRET')}")
    ended = await callbot("call", "get", "abc", *secret, env=environment)
    assert (ended.code, ended.out) == (5, "")
    assert "Graph needs the whole id, and abc is the beginning of one" in ended.err


async def test_a_wrong_secret_ends_with_3(callbot: Run, environment: dict[str, str]) -> None:
    ended = await callbot("call", "get", "x", env=environment | {"CALLBOT_CLIENT_SECRET": "not-this-one"})
    assert (ended.code, ended.out) == (3, "")
    assert "AADSTS7000215" in ended.err
    assert "not-this-one" not in ended.err
    assert ended.err.count("the client secret is wrong") == 1
    assert "network" not in ended.err


async def test_a_call_of_another_tenant_ends_with_4(
    callbot: Run, emulator: Emulator, environment: dict[str, str]
) -> None:
    call = await emulator.place_call("Ana")
    ended = await callbot("call", "get", call.id, "--tenant", "other", env=environment)
    assert (ended.code, ended.out) == (4, "")
    assert "HTTP 403, code 7505" in ended.err
    assert "The token is of another tenant than the call." in ended.err


async def test_throttling_ends_with_6_and_says_how_long_to_wait(callbot: Run, graph: Graph) -> None:
    async def answer(_: web.Request) -> web.Response:
        error = {"error": {"code": "TooManyRequests", "message": "Slow down."}}
        return web.json_response(error, status=429, headers={"Retry-After": "120"})

    ended = await callbot("call", "get", "x", env=await graph(answer))
    assert (ended.code, ended.out) == (6, "")
    assert "Too many requests." in ended.err
    assert "Graph asks to wait 120 s." in ended.err


async def test_nobody_there_ends_with_7(callbot: Run, environment: dict[str, str]) -> None:
    nowhere = {"CALLBOT_AUTHORITY": "https://localhost:1"}
    ended = await callbot("call", "get", "x", env=environment | nowhere)
    assert (ended.code, ended.out) == (7, "")
    assert "no connection to localhost:1" in ended.err
    assert "The emulator answers while `python -m callbot emulator` runs." in ended.err


async def test_no_answer_in_time_ends_with_8(callbot: Run, graph: Graph) -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    settings = await graph(answer) | {"CALLBOT_REQUEST_TIMEOUT": "2"}
    ended = await callbot("call", "get", "x", env=settings)
    assert (ended.code, ended.out) == (8, "")
    assert "no answer within" in ended.err


async def test_settings_that_cannot_work_end_with_2(callbot: Run) -> None:
    ended = await callbot("call", "get", "x", env={"CALLBOT_TENANT_ID": APP_ID})
    assert (ended.code, ended.out) == (2, "")
    assert "app_id is not set" in ended.err
