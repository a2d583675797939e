"""Several bots in one application: told apart by callback path, or by app id where they share it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from callbot import ConfigurationError, Settings, attach
from callbot.emulator import AppRegistration, Emulator, EmulatorSettings, Timing
from callbot.state import Created
from callbot.testing import ManualClock, settle
from tests.embedding.conftest import SEEN, Porter
from tests.end_to_end.conftest import bot_settings
from tests.ports import free_port

OTHER = "11111111-2222-4333-8444-555555555555"


@asynccontextmanager
async def two_bots(folder: Path, paths: tuple[str, str]) -> AsyncIterator[tuple[Emulator, Porter, Porter]]:
    port = free_port()
    urls = [f"https://localhost:{port}{path}" for path in paths]
    apps = (AppRegistration(callback_url=urls[0]), AppRegistration(app_id=OTHER, callback_url=urls[1]))
    emulated = EmulatorSettings(
        port=0,
        directory=folder / "emulator",
        apps=apps,
        timing=Timing(establish=0.01, media=0.01),
        prompt_seconds=0.05,
    )
    first, second = Porter(), Porter()
    async with Emulator(emulated) as emulator:
        app = web.Application()
        attach(app, first, bot_settings(emulator, urls[0]))
        attach(app, second, bot_settings(emulator, urls[1], app_id=OTHER))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(emulator.bot_tls.certificate, emulator.bot_tls.key)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
            yield emulator, first, second
        finally:
            await runner.cleanup()


@pytest.mark.parametrize("paths", [("/a", "/b"), ("/calls", "/calls")])
async def test_each_bot_gets_its_own_calls(
    tmp_path: Path, paths: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with two_bots(tmp_path, paths) as (emulator, first, second):
        await emulator.place_call("Ana", OTHER)
        await second.over.wait()
        assert (first.seen, second.seen) == ([], SEEN)
        await emulator.place_call("Ana")
        await first.over.wait()
        assert (first.seen, second.seen) == (SEEN, SEEN)
    assert [one for one in caplog.records if one.levelname in {"WARNING", "ERROR"}] == []


def settings(**more: object) -> Settings:
    values: dict[str, object] = {
        "app_id": OTHER,
        "client_secret": "x",
        "callback_url": "https://bot.example.com/api/calls",
    }
    return Settings(**(values | more))


async def test_bots_that_cannot_be_told_apart_are_refused() -> None:
    app = web.Application()
    attach(app, Porter(), settings())
    with pytest.raises(ConfigurationError, match="this app_id and callback_url already"):
        attach(app, Porter(), settings())
    attach(app, Porter(), settings(callback_url="https://bot.example.com/other"))


async def test_the_doors_of_all_bots_are_closed_before_any_of_them_waits_for_its_calls() -> None:
    """With aiohttp's own runner, which drains whatever it has to one after the other."""
    clock, app = ManualClock(), web.Application()
    bots = [
        attach(app, Porter(), settings(app_id=app_id, drain_calls_timeout=60), clock=clock)
        for app_id in (OTHER, "another")
    ]
    for bot in bots:
        await bot.start()
        for call in ("first", "second"):
            await bot.observe(call, Created(clock.time(), OTHER, "tenant", call, {"state": "established"}))
    app.freeze()
    stopping = asyncio.create_task(app.shutdown())
    await settle()
    assert [bot.accepting for bot in bots] == [False, False]
    await clock.advance(59.0)
    assert not stopping.done()
    await clock.advance(2.0)
    assert stopping.done(), "side by side"
    for bot in bots:
        await bot.stop()


async def test_bots_do_not_share_a_store() -> None:
    app = web.Application()
    attach(app, Porter(), settings(store="sqlite:///one.db"))
    with pytest.raises(ConfigurationError, match="give each its own"):
        attach(app, Porter(), settings(app_id="another", store="sqlite:///./one.db"))
