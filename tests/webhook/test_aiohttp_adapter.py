"""The receiver in an aiohttp application, over real connections."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web

from callbot.settings import Settings
from callbot.testing import ManualClock, settle
from callbot.webhook import Authenticator, Receiver, aiohttp_handler
from callbot.webhook.aiohttp_adapter import BODY_TIMEOUT
from tests.webhook.host import Host
from tests.webhook.platform import Platform, body


@pytest.fixture
async def address(receiver: Receiver, authenticator: Authenticator) -> AsyncIterator[tuple[str, int]]:
    await authenticator.warm_up()  # so that a body is all a request waits for
    app = web.Application(client_max_size=10)  # the host's own limit is not asked
    app.router.add_route("*", "/callback", aiohttp_handler(receiver))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield host, port
    await runner.cleanup()


@pytest.fixture
def url(address: tuple[str, int]) -> str:
    return f"http://{address[0]}:{address[1]}/callback"


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


class Connection:
    """A connection on which a test writes what it likes, and as slowly."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, address: tuple[str, int]) -> "Connection":
        return cls(*await asyncio.open_connection(*address))

    async def send(self, *lines: str, content: bytes = b"") -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode("latin-1") + content)
        await self._writer.drain()

    async def status(self) -> int:
        return int((await self._reader.readline()).split()[1])

    def close(self) -> None:
        self._writer.close()


async def until(condition: Callable[[], bool]) -> None:
    """Let the sockets work until `condition` holds; the test's own time limit is the only one."""
    while not condition():  # noqa: ASYNC110 - what is waited for is the other end's doing
        await asyncio.sleep(0)


def waits_for_the_body(clock: ManualClock) -> bool:
    return any(not timer.cancelled for timer in clock._pending)


def request_lines(platform: Platform, *further: str) -> list[str]:
    return [
        "POST /callback HTTP/1.1",
        "Host: bot.example",
        *(f"{name}: {value}" for name, value in platform.headers("m").items()),
        *further,
        "",
    ]


async def test_a_callback_comes_in_over_http(
    client: aiohttp.ClientSession, url: str, platform: Platform, host: Host
) -> None:
    async with client.post(url, data=body(), headers=platform.headers("m")) as response:
        assert response.status == 202
        assert response.headers["Client-Request-Id"] == "m"
        assert await response.read() == b""
    assert len(host.taken) == 1


async def test_a_refusal_says_why_in_json(
    client: aiohttp.ClientSession, url: str, platform: Platform
) -> None:
    async with client.post(url, data=b"{}", headers=platform.headers()) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "not_the_envelope"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
async def test_another_method_is_told_to_post(client: aiohttp.ClientSession, url: str, method: str) -> None:
    async with client.request(method, url) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


async def test_a_body_in_chunks_is_put_together(
    client: aiohttp.ClientSession, url: str, platform: Platform, host: Host
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in body():
            yield bytes([byte])

    async with client.post(url, data=pieces(), headers=platform.headers()) as response:
        assert response.status == 202
    assert len(host.taken) == 1


async def test_the_limit_is_the_receivers_and_not_the_hosts(
    client: aiohttp.ClientSession, url: str, platform: Platform, settings: Settings
) -> None:
    fitting = body().ljust(settings.max_body)
    async with client.post(url, data=fitting, headers=platform.headers()) as response:
        assert response.status == 202


async def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(
    address: tuple[str, int], platform: Platform, host: Host
) -> None:
    connection = await Connection.open(address)
    await connection.send(*request_lines(platform, "Content-Length: 99999999"))
    assert await connection.status() == 413
    connection.close()
    assert host.taken == []


async def test_an_endless_body_is_cut_off_at_the_limit(
    address: tuple[str, int], platform: Platform, settings: Settings
) -> None:
    connection = await Connection.open(address)
    await connection.send(*request_lines(platform, "Transfer-Encoding: chunked"))
    size = settings.max_body + 1
    await connection.send(f"{size:x}", content=b" " * size + b"\r\n")
    assert await connection.status() == 413
    connection.close()


async def test_a_stranger_is_refused_before_the_body_is_sent(address: tuple[str, int]) -> None:
    connection = await Connection.open(address)
    await connection.send("POST /callback HTTP/1.1", "Host: bot.example", "Content-Length: 1000", "")
    assert await connection.status() == 401
    connection.close()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "x"])
async def test_a_compressed_body_is_refused_and_not_inflated(
    client: aiohttp.ClientSession, url: str, platform: Platform, host: Host, encoding: str
) -> None:
    bomb = gzip.compress(b" " * 1_000_000)
    headers = platform.headers() | {"Content-Encoding": encoding}
    async with client.post(url, data=bomb, headers=headers) as response:
        assert response.status == 415
    assert host.taken == []


async def test_a_slow_body_is_given_up(
    address: tuple[str, int], platform: Platform, clock: ManualClock, receiver: Receiver, host: Host
) -> None:
    connection = await Connection.open(address)
    await connection.send(*request_lines(platform, "Content-Length: 100"), content=b'{"value"')
    await until(lambda: waits_for_the_body(clock))
    await clock.advance(BODY_TIMEOUT)
    assert await connection.status() == 408
    connection.close()
    assert host.taken == []
    assert len(host.doubts) == 1
    assert receiver.counts == {"slow_body": 1}


async def test_a_body_that_breaks_off_is_not_handed_over(
    address: tuple[str, int], platform: Platform, receiver: Receiver, host: Host
) -> None:
    connection = await Connection.open(address)
    await connection.send(*request_lines(platform, "Content-Length: 100"), content=b'{"value"')
    await settle()
    connection.close()
    await until(lambda: bool(receiver.counts))
    assert receiver.counts == {"broken_body": 1}
    assert host.taken == []


async def test_garbage_in_the_chunks_is_given_up(
    address: tuple[str, int], platform: Platform, clock: ManualClock, host: Host
) -> None:
    connection = await Connection.open(address)
    await connection.send(*request_lines(platform, "Transfer-Encoding: chunked"))
    await until(lambda: waits_for_the_body(clock))
    await connection.send("not a number", content=b"garbage")
    await clock.advance(BODY_TIMEOUT)  # aiohttp does not tell the reader of a body of its broken chunks
    assert await connection.status() in {400, 408}
    connection.close()
    assert host.taken == []


async def test_two_authorization_headers_do_not_help_a_stranger(
    address: tuple[str, int], platform: Platform, host: Host
) -> None:
    content = body()
    connection = await Connection.open(address)
    lines = request_lines(platform, f"Content-Length: {len(content)}")
    lines.insert(2, "Authorization: Bearer forged")
    await connection.send(*lines, content=content)
    assert await connection.status() == 401
    connection.close()
    assert host.taken == []
