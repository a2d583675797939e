"""What the platform gets when it fetches a prompt, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from callbot.media import PromptLibrary
from callbot.media.route import PROMPTS_PATH, prompt_routes

Build = Callable[..., bytes]
Client = TestClient[web.Request, web.Application]
SIZE = 44 + 10 * 32_000  # of the prompt: larger than the sockets' buffers take at once
NOWHERE = f"{PROMPTS_PATH}/00000000-0000-0000-0000-000000000000.wav"


def path_of(library: PromptLibrary) -> str:
    return str(library.prompt("a.wav").uri).removeprefix("https://bot.example.com")


@pytest.fixture
def library(tmp_path: Path, wav: Build) -> PromptLibrary:
    (tmp_path / "a.wav").write_bytes(wav(seconds=10))
    return PromptLibrary("https://bot.example.com/prompts", [tmp_path])


@pytest.fixture
async def client(library: PromptLibrary) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(prompt_routes(library))
    async with TestClient(TestServer(app)) as made:
        yield made


@pytest.fixture
def path(library: PromptLibrary) -> str:
    return path_of(library)


async def test_a_prompt_is_served_as_it_was_checked(client: Client, path: str, wav: Build) -> None:
    async with client.get(path) as answer:
        assert answer.status == 200
        assert await answer.read() == wav(seconds=10)
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["ETag"].strip('"') in path


async def test_head_says_the_same_without_the_content(client: Client, path: str) -> None:
    async with client.head(path) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Length"] == str(SIZE)
        assert answer.headers["Content-Type"] == "audio/wav"
        assert "ETag" in answer.headers
        assert await answer.read() == b""


async def test_the_connection_is_good_for_another_request_after_a_head(client: Client, path: str) -> None:
    for _ in range(3):
        async with client.head(path) as answer:
            assert answer.status == 200
        async with client.get(path) as answer:
            assert answer.status == 200
            await answer.read()


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", range(100)),
        ("bytes=10-19", range(10, 20)),
        ("bytes=44-", range(44, SIZE)),
        ("bytes=-10", range(SIZE - 10, SIZE)),
        ("bytes=0-", range(SIZE)),
        ("bytes=100-99999999", range(100, SIZE)),
        ("bytes=-99999999", range(SIZE)),
    ],
)
async def test_a_part_is_served_when_asked_for(
    client: Client, path: str, wav: Build, asked: str, part: range
) -> None:
    async with client.get(path, headers={"Range": asked}) as answer:
        assert answer.status == 206
        assert await answer.read() == wav(seconds=10)[part.start : part.stop]
        assert answer.headers["Content-Range"] == f"bytes {part[0]}-{part[-1]}/{SIZE}"
        assert answer.headers["Content-Length"] == str(len(part))


async def test_a_part_beyond_the_end_is_refused(client: Client, path: str) -> None:
    async with client.get(path, headers={"Range": "bytes=99999999-"}) as answer:
        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-2", "bytes=-", "bytes=x", "bytes=" + "9" * 5000]
)
async def test_a_range_that_need_not_be_understood_gets_everything(
    client: Client, path: str, wav: Build, asked: str
) -> None:
    async with client.get(path, headers={"Range": asked}) as answer:
        assert answer.status == 200
        assert await answer.read() == wav(seconds=10)


async def test_a_range_for_other_content_gets_everything(client: Client, path: str) -> None:
    async with client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'}) as answer:
        assert answer.status == 200
        tag = answer.headers["ETag"]
    async with client.get(path, headers={"Range": "bytes=0-9", "If-Range": tag}) as answer:
        assert answer.status == 206


async def test_a_cache_that_has_the_content_is_told_so(client: Client, path: str) -> None:
    async with client.head(path) as answer:
        tag = answer.headers["ETag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        async with client.get(path, headers={"If-None-Match": asked}) as answer:
            assert answer.status == 304
            assert answer.headers["ETag"] == tag
            assert "immutable" in answer.headers["Cache-Control"]
            assert await answer.read() == b""
    async with client.get(path, headers={"If-None-Match": '"other"'}) as answer:
        assert answer.status == 200


async def test_other_content_that_is_insisted_on_is_not_there(client: Client, path: str) -> None:
    async with client.get(path, headers={"If-Match": '"other"'}) as answer:
        assert answer.status == 412
    async with client.head(path, headers={"If-Match": "*"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "name",
    [
        "a.wav",
        "..%2fa.wav",
        "%2e%2e/a.wav",
        "%2Fetc%2Fpasswd",
        "",
        "00000000-0000-0000-0000-000000000000.mp3",
    ],
)
async def test_no_other_name_is_served(client: Client, path: str, name: str) -> None:
    async with client.get(f"{PROMPTS_PATH}/{name}") as answer:
        assert answer.status == 404
    async with client.get(f"{path}/../a.wav") as answer:
        assert answer.status == 404


async def test_a_name_that_was_not_given_out_is_not_remembered_by_caches(client: Client) -> None:
    async with client.get(NOWHERE) as answer:
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_prompt_can_only_be_read(client: Client, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        async with client.request(method, path) as answer:
            assert answer.status == 405


async def test_a_name_never_serves_other_content(
    client: Client, path: str, tmp_path: Path, wav: Build
) -> None:
    (tmp_path / "a.wav").write_bytes(wav(seconds=5))
    async with client.get(path) as answer:
        assert await answer.read() == wav(seconds=10)


async def test_when_the_content_is_gone_so_is_the_name(tmp_path: Path, wav: Build) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    library = PromptLibrary("https://bot.example.com/prompts", [tmp_path], memory=0)
    app = web.Application()
    app.add_routes(prompt_routes(library))
    path = path_of(library)
    async with TestClient(TestServer(app)) as client:
        async with client.get(path) as answer:
            assert await answer.read() == wav()
        (tmp_path / "a.wav").write_bytes(wav(sample=b"\x07"))
        async with client.get(path) as answer:
            assert answer.status == 404


async def test_a_reader_that_goes_away_harms_nobody(client: Client, path: str, wav: Build) -> None:
    server = client.server
    async with ClientSession() as other:
        for _ in range(5):
            async with other.get(server.make_url(path)) as answer:
                await answer.content.read(10)
                answer.close()

    async def fetch() -> bytes:
        async with client.get(path) as answer:
            return await answer.read()

    assert set(await asyncio.gather(*(fetch() for _ in range(10)))) == {wav(seconds=10)}
