"""Who is let in: those with the token, or without one those on this machine that are no web page."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from callbot import ConfigurationError, Settings
from callbot.admin.door import Door
from callbot.testing import ManualClock

TOKEN = "a-token-of-the-admins-0123"
HELLO = (200, "hello")


@asynccontextmanager
async def behind(door: Door) -> AsyncIterator[aiohttp.ClientSession]:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_route("*", "/", door.guard(hello))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            yield client
    finally:
        await runner.cleanup()


async def ask(client: aiohttp.ClientSession, method: str = "GET", **headers: str) -> tuple[int, str]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.request(method, "/", headers=sent) as answer:
        if answer.status == 200:
            return answer.status, await answer.text()
        return answer.status, (await answer.json())["error"]["kind"]


def door(clock: ManualClock | None = None, **more: object) -> Door:
    values: dict[str, object] = {
        "app_id": "app",
        "client_secret": "secret",
        "callback_url": "https://bot.example.com/api/calls",
    }
    return Door(Settings(**(values | more)), clock or ManualClock())


async def test_whoever_has_the_token_is_let_in() -> None:
    async with behind(door(admin_token=TOKEN)) as client:
        assert await ask(client, Authorization=f"Bearer {TOKEN}") == HELLO
        assert await ask(client, "POST", Authorization=f"bearer  {TOKEN}") == HELLO


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer \xe4\xf6\xfc-token-of-the-admins",
    ],
)
async def test_a_wrong_token_is_refused(header: str) -> None:
    async with behind(door(admin_token=TOKEN)) as client:
        assert await ask(client, Authorization=header) == (401, "WrongToken")


async def test_no_token_is_refused_and_told_how() -> None:
    async with behind(door(admin_token=TOKEN)) as client, client.get("/") as answer:
        assert (answer.status, answer.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")


async def test_a_second_token_beside_the_right_one_is_refused() -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer another")]
    async with behind(door(admin_token=TOKEN)) as client, client.get("/", headers=headers) as answer:
        assert answer.status in {400, 401}


async def test_a_token_file_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    async with behind(door(admin_token_file=file)) as client:
        assert await ask(client, Authorization=f"Bearer {TOKEN}") == HELLO
        file.write_text("another-token-0123456789")
        assert await ask(client, Authorization=f"Bearer {TOKEN}") == (401, "WrongToken")
        assert await ask(client, Authorization="Bearer another-token-0123456789") == HELLO
        file.write_text("")
        assert await ask(client, Authorization="Bearer ") == (503, "NoToken")
        file.unlink()
        assert await ask(client, Authorization="Bearer another-token-0123456789") == (503, "NoToken")


async def test_a_stranger_is_not_told_where_the_token_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    async with behind(door(admin_token_file=file)) as client:
        file.unlink()
        async with client.get("/", headers={"Authorization": "Bearer x"}) as answer:
            assert str(tmp_path) not in await answer.text()
    (said,) = [record for record in caplog.records if record.message == "refused an admin request"]
    assert str(file) in said.__dict__["cause"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"short", "has 5 characters: it needs 16 or more"),
        (b"\xff" * 20, "cannot read"),
        (None, "cannot read"),
    ],
)
def test_a_token_file_that_cannot_be_used_is_missed_at_the_start(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        door(admin_token_file=file)


async def test_without_a_token_this_machine_is_let_in() -> None:
    async with behind(door(admin_port=1)) as client:
        assert await ask(client) == HELLO
        for host in ("localhost", "localhost:1", "127.0.0.1:99", "[::1]:8444", "LOCALHOST"):
            assert await ask(client, Host=host) == HELLO


@pytest.mark.parametrize("origin", ["https://evil.example.com", "http://localhost:3000", "null"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_web_page_is_not_let_in(origin: str, method: str) -> None:
    async with behind(door(admin_port=1)) as client:
        assert await ask(client, method, Origin=origin) == (403, "FromWebPage")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "anything"])
async def test_what_a_web_page_only_loads_is_not_let_in(site: str) -> None:
    async with behind(door(admin_port=1)) as client:
        assert await ask(client, Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors") == (403, "FromWebPage")


@pytest.mark.parametrize("site", ["none", "same-origin"])
async def test_a_person_who_types_the_address_into_a_browser_is_let_in(site: str) -> None:
    async with behind(door(admin_port=1)) as client:
        assert await ask(client, Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate") == HELLO


@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com:1", "10.0.0.1", "[::"],
)
async def test_another_name_for_this_machine_is_not_let_in(host: str) -> None:
    async with behind(door(admin_port=1)) as client:
        status, _ = await ask_or_break(client, host)
        assert status in {400, 403}


async def ask_or_break(client: aiohttp.ClientSession, host: str) -> tuple[int, str]:
    async with client.get("/", headers={"Host": host}) as answer:
        return answer.status, await answer.text()


async def test_a_flood_of_wrong_tokens_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "callbot")
    clock = ManualClock()
    async with behind(door(clock, admin_token=TOKEN)) as client:
        for _ in range(20):
            await ask(client, Authorization="Bearer guessed-by-a-stranger")
        await clock.advance(61)
        await ask(client, Authorization="Bearer guessed-by-a-stranger")
    said = [record for record in caplog.records if record.message == "refused an admin request"]
    assert [record.__dict__["times"] for record in said] == [1, 20]
    assert {record.__dict__["reason"] for record in said} == {"WrongToken"}
    assert "guessed" not in str([record.__dict__ for record in said])
    assert TOKEN not in str([record.__dict__ for record in said])
