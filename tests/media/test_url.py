"""What a look at a prompt's address finds, over real TLS on loopback."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callbot.clock import SystemClock
from callbot.errors import PromptError
from callbot.media import MAX_BYTES, check_url
from callbot.media.url import _ask, _is_public, split_url
from callbot.testing import ManualClock, settle

ANSWERS = {
    "/good.wav": (200, "audio/wav", 1000),
    "/plain.wav": (200, "application/octet-stream", 1000),
    "/login": (200, "text/html", 1000),
    "/empty.wav": (200, "audio/wav", 0),
    "/huge.wav": (200, "audio/wav", MAX_BYTES + 1),
    "/moved.wav": (302, "text/plain", 0),
    "/closed.wav": (403, "application/xml", 100),
    "/get-only.wav": (405, "text/plain", 0),
}


class Trust(NamedTuple):
    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """A certificate for `localhost` that only our client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "prompts")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return Trust(server, ssl.create_default_context(cafile=str(pem)))


@pytest.fixture
async def session(trust: Trust) -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(ssl=trust.client)) as made:
        yield made


class Host(NamedTuple):
    url: str
    seen: list[tuple[str, str, str]]


@pytest.fixture
async def host(trust: Trust) -> AsyncIterator[Host]:
    """A server for prompts that writes down method, Host header and path of each request."""
    seen: list[tuple[str, str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.method, request.headers["Host"], request.raw_path))
        status, kind, size = ANSWERS[request.path]
        headers = {"Content-Type": kind, "Content-Length": str(size), "Location": "/good.wav"}
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=trust.server)
    yield Host(f"https://localhost:{server.port}", seen)
    await server.close()


async def fault(url: str, session: ClientSession, *, private: bool = True) -> str:
    with pytest.raises(PromptError) as raised:
        await check_url(url, session, clock=SystemClock(), private=private)
    return str(raised.value)


@pytest.mark.parametrize("path", ["/good.wav", "/plain.wav"])
async def test_a_prompt_that_is_there_passes(host: Host, session: ClientSession, path: str) -> None:
    await check_url(f"{host.url}{path}?sig=a%2Bb#part", session, clock=SystemClock(), private=True)
    assert host.seen == [("HEAD", host.url.removeprefix("https://"), f"{path}?sig=a%2Bb")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/login", "it is text/html, not sound"),
        ("/empty.wav", "it has 0 bytes"),
        ("/huge.wav", f"it has {MAX_BYTES + 1} bytes"),
        ("/moved.wav", "it redirects"),
        ("/closed.wav", "HTTP 403: the platform asks without credentials"),
        ("/get-only.wav", "does not answer HEAD"),
    ],
)
async def test_what_the_platform_could_not_play_is_said(
    host: Host, session: ClientSession, path: str, said: str
) -> None:
    message = await fault(f"{host.url}{path}?sig=secret", session)
    assert message.startswith(f"{host.url}{path}: ")
    assert said in message
    assert "secret" not in message
    assert len(host.seen) == 1


@pytest.mark.parametrize(
    "name",
    ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0.0.0.0",
     "2130706433", "0x7f.1", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[2002:7f00:1::]", "224.0.0.1",
     "[64:ff9b::a00:1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]", "[::10.0.0.1]",
     "[fec0::1]", "[::]", "192.0.0.192", "168.63.129.16"],
)  # fmt: skip
async def test_the_bots_own_network_is_not_asked(session: ClientSession, name: str) -> None:
    assert "the platform cannot reach" in await fault(f"https://{name}/a.wav", session, private=False)


def test_public_addresses_are_public() -> None:
    for address in ("8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "192.0.1.1"):
        assert _is_public(address), address


async def test_a_host_without_a_valid_certificate_is_refused(host: Host, session: ClientSession) -> None:
    other = host.url.replace("localhost", "127.0.0.1")  # the certificate is for the name
    assert "cannot be reached" in await fault(f"{other}/good.wav", session)
    assert host.seen == []


async def test_a_host_nobody_listens_on_is_refused(session: ClientSession, unused_tcp_port: int) -> None:
    assert "cannot be reached" in await fault(f"https://localhost:{unused_tcp_port}/a.wav", session)


async def test_a_host_is_asked_at_its_next_address_when_the_first_takes_no_connection(
    host: Host, session: ClientSession
) -> None:
    parts = split_url(f"{host.url}/good.wav")
    assert await _ask(parts, ["127.0.0.2", "127.0.0.1"], session) is None


async def test_a_name_without_an_address_is_refused(session: ClientSession) -> None:
    assert "has no address" in await fault(f"https://{'x' * 70}.example/a.wav", session)


async def test_a_host_that_does_not_answer_is_given_up(session: ClientSession) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    connected = asyncio.Event()
    clock = ManualClock()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    task = asyncio.create_task(
        check_url(f"https://127.0.0.1:{port}/a.wav", session, clock=clock, private=True)
    )
    await connected.wait()
    await clock.advance(10)
    with pytest.raises(PromptError, match="no answer within 10 s"):
        await task
    server.close()
    await server.wait_closed()
    await settle()


async def test_an_address_that_is_no_address_is_refused_before_anything_is_sent(
    session: ClientSession,
) -> None:
    assert "over https only" in await fault("http://localhost/a.wav", session)


async def test_a_name_that_changes_its_meaning_is_asked_where_it_was_checked(
    host: Host, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer of the name server would lead elsewhere, and nobody asks it."""
    loop, asked = asyncio.get_running_loop(), []
    real = loop.getaddrinfo

    async def rebinding(name: str, port: int, **options: Any) -> Any:
        asked.append(name)
        if name == "localhost" and asked.count(name) > 1:
            raise AssertionError("the name was looked up again")
        return await real("127.0.0.1", port, **options)

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    await check_url(f"{host.url}/good.wav", session, clock=SystemClock(), private=True)
    assert asked.count("localhost") == 1
    assert len(host.seen) == 1
