"""Requests that are no HTTP, or too much of it, on both adapters: none is our fault, all can be survived."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbot import listening
from callbot.asgi.protocol import Receive, Scope, Send
from callbot.asgi.respond import respond_to_callback
from callbot.hosted import HostedBot
from callbot.listening import runner_of
from callbot.webhook import Authenticator, Receiver, aiohttp_handler, expect_nothing
from tests.webhook.host import Host
from tests.webhook.platform import Platform, body

Address = tuple[str, int]


@asynccontextmanager
async def on_aiohttp(receiver: Receiver) -> AsyncIterator[Address]:
    app = web.Application()
    app.router.add_route("*", "/callback", aiohttp_handler(receiver), expect_handler=expect_nothing)
    runner = runner_of(app, 1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][:2]
    await runner.cleanup()


class OnlyReceiver(HostedBot):
    """As much of a bot as the ASGI adapter asks for."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver


@asynccontextmanager
async def on_uvicorn(receiver: Receiver) -> AsyncIterator[Address]:
    hosted = OnlyReceiver(receiver)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await respond_to_callback(hosted, scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no other sign
        await asyncio.sleep(0)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    await serving


@pytest.fixture(params=["aiohttp", "uvicorn"])
async def address(
    request: pytest.FixtureRequest, receiver: Receiver, authenticator: Authenticator
) -> AsyncIterator[Address]:
    await authenticator.warm_up()
    async with (on_aiohttp if request.param == "aiohttp" else on_uvicorn)(receiver) as address:
        yield address


async def answers(address: Address, content: bytes, *, ends: bool = True) -> list[int]:
    """Write `content`, say whether that is all, and return the status of every answer."""
    reader, writer = await asyncio.open_connection(*address)
    said = b""
    try:
        writer.write(content)
        if ends:
            writer.write_eof()
        said = await reader.read()
    except ConnectionError:
        pass  # it has hung up, which is an answer, too
    finally:
        writer.close()
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)]


def post(headers: dict[str, str], content: bytes = b"", *further: str) -> bytes:
    lines = [
        "POST /callback HTTP/1.1",
        "Host: bot.example",
        *(f"{k}: {v}" for k, v in headers.items()),
        *further,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error, but for uvicorn's own words on an answer to a connection that it broke."""
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    kinds = [type(one.exc_info[1]).__name__ if one.exc_info else "" for one in errors]
    return [one.getMessage() for one, kind in zip(errors, kinds, strict=True) if kind != "LocalProtocolError"]


START = "POST /callback HTTP/1.1\r\nHost: x\r\n"
STRANGE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00",
    "nothing": b"",
    "half a line": b"POST /call",
    "a verb of its own": b"POST\x00 /callback HTTP/1.1\r\n\r\n",
    "a version of its own": b"POST /callback HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"POST /callback HTTP/1.1\r\n\r\n",
    "an address that is none": b"POST http://[::1/callback HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": (START + "X: y\r\n" * 20_000 + "\r\n").encode(),
    "a long header": (START + "X: " + "y" * 200_000 + "\r\n\r\n").encode(),
    "a long address": b"POST /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header over two lines": (START + "X: a\r\n b\r\n\r\n").encode(),
    "a header without a name": (START + ": x\r\n\r\n").encode(),
    "a blank before the colon": (START + "Authorization : Bearer x\r\n\r\n").encode(),
    "a lone line feed": b"POST /callback HTTP/1.1\nHost: x\nAuthorization: Bearer a\rb\n\n",
    "length and chunks": (
        START + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ).encode(),
    "two lengths": (START + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!").encode(),
    "a length below zero": (START + "Content-Length: -1\r\n\r\n").encode(),
    "a length with a sign": (START + "Content-Length: +5\r\n\r\nhello").encode(),
    "a chunk too long": (START + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx").encode(),
    "a chunk that is none": (START + "Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n").encode(),
    "an encoding of its own": (START + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").encode(),
    "an upgrade": (START + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n").encode(),
    "an upgrade to h2c": (START + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n").encode(),
    "an expectation": (START + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n").encode(),
    "another expectation": (START + "Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n").encode(),
    "a token that is no ASCII": (START + "Authorization: Bearer ").encode() + b"\xff\xfe.\x80.x\r\n\r\n",
}


@pytest.mark.parametrize("what", STRANGE)
async def test_strange_requests_are_refused_or_cut_off(
    address: Address, host: Host, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    found = await answers(address, STRANGE[what])
    assert all(400 <= status < 500 or status in {100, 501, 505} for status in found), found
    assert host.taken == []
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    ("further", "content"),
    [
        (["Transfer-Encoding: chunked"], b"zz\r\n"),
        (["Transfer-Encoding: chunked"], b"ffffffffffffffff1\r\nx"),
        (["Transfer-Encoding: chunked"], b"5\r\nhello\r\n"),
        (["Transfer-Encoding: chunked"], b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
        (["Content-Length: 500"], b"{"),
        (["Content-Length: 2", "Content-Encoding: gzip"], b"{}"),
        (["Content-Length: 2", "Content-Encoding: deflate"], b"{}"),
        (["Content-Length: 2", "Authorization: Bearer x"], b"{}"),
    ],
)
async def test_a_known_sender_with_a_strange_body_is_refused_or_cut_off(
    address: Address,
    platform: Platform,
    host: Host,
    caplog: pytest.LogCaptureFixture,
    further: list[str],
    content: bytes,
) -> None:
    found = await answers(address, post(platform.headers("m"), content, *further))
    assert all(400 <= status < 500 for status in found), found
    assert host.taken == []
    assert complaints(caplog) == []


async def test_requests_in_one_breath_are_answered_in_their_order(
    address: Address, platform: Platform, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    good = body()
    callback = post(platform.headers(), good, f"Content-Length: {len(good)}")
    bad = post(platform.headers(), b"{}", "Content-Length: 2")
    last = post(platform.headers(), good, f"Content-Length: {len(good)}", "Connection: close")
    assert await answers(address, callback + bad + last, ends=False) == [202, 400, 202]
    assert len(host.taken) == 2
    assert complaints(caplog) == []


async def test_what_follows_the_body_of_a_stranger_is_not_taken_for_a_request(
    address: Address, platform: Platform, host: Host
) -> None:
    good = body()
    smuggled = post(platform.headers(), good, f"Content-Length: {len(good)}")
    found = await answers(address, post({}, smuggled, f"Content-Length: {len(smuggled)}"), ends=False)
    assert found == [401]
    assert host.taken == []


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_a_damaged_request_is_never_our_fault(
    address: Address, platform: Platform, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    good = body()
    content = bytearray(post(platform.headers("m"), good, f"Content-Length: {len(good)}"))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=5))
    found = await answers(address, bytes(content))
    assert all(status < 500 or status in {501, 505} for status in found), found
    assert complaints(caplog) == []


@pytest.mark.parametrize("begun", [b"", b"POST /callback HTTP/1.1\r\nHost: x\r\nX: "])
async def test_a_request_that_never_comes_holds_no_connection(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(listening, "IDLE", 0.1)
    async with on_aiohttp(receiver) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(begun)
        assert await reader.read() == b""
        writer.close()


async def test_the_log_does_not_repeat_a_request_that_cannot_be_read(
    receiver: Receiver, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = platform.bearer()
    async with on_aiohttp(receiver) as address:
        assert await answers(address, post({"Authorization": token + "\x01"})) in ([], [400])
    assert token[-40:] not in caplog.text


async def test_only_a_known_sender_is_asked_for_its_body(address: Address, platform: Platform) -> None:
    expect = ["Expect: 100-continue", "Connection: close", f"Content-Length: {len(body())}"]
    assert await answers(address, post({}, b"", *expect), ends=False) == [401]
    assert await answers(address, post(platform.headers(), body(), *expect), ends=False) == [100, 202]
