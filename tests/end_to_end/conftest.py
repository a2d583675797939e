"""A bot that runs against an emulator on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from callbot import CallBot, Settings, Transition
from callbot.bot import Handled
from callbot.emulator import (
    APP_ID,
    APP_SECRET,
    TENANT_ID,
    AppRegistration,
    Emulator,
    EmulatorSettings,
    RequestEntry,
    Timing,
)
from callbot.runtime import Runtime
from callbot.service import serving
from tests.ports import free_port


@dataclass
class World:
    """An emulator, a bot that runs against it, and what the bot handled."""

    emulator: Emulator
    settings: Settings
    runtime: Runtime
    handled: list[Handled] = field(default_factory=list)

    @property
    def transitions(self) -> list[Transition]:
        return [one.change for one in self.handled if isinstance(one.change, Transition)]

    def steps(self, call_id: str) -> list[tuple[str | None, str]]:
        """What was handled of one call, in the order in which it was observed."""
        own = sorted((one for one in self.transitions if one.call_id == call_id), key=lambda one: one.seq)
        assert [one.seq for one in own] == list(range(1, len(own) + 1))
        return [(one.old, one.new) for one in own]

    def emulated_steps(self, call_id: str) -> list[tuple[str | None, str]]:
        return [(one.old, one.new) for one in self.emulator.call(call_id).transitions]

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of what the emulator was asked."""
        return [(one.method, one.path) for one in self.emulator.log.of(RequestEntry)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as `condition` holds; a test that waits in vain runs into pytest's time limit."""
        while not condition():  # noqa: ASYNC110 - the condition may be about anything
            await asyncio.sleep(0.002)

    async def settled(self) -> None:
        """Return when no callback is under way and nothing is queued or handled any more."""
        await self.emulator.until_idle()
        await self.until(lambda: self.runtime.idle)


Start = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start an emulator and a bot; further arguments are settings of the bot."""

    @asynccontextmanager
    async def start_world(bot: CallBot, timing: Timing | None = None, **more: object) -> AsyncIterator[World]:
        callback_url = f"https://localhost:{free_port()}/api/calls"
        emulated = EmulatorSettings(
            port=0,
            directory=tmp_path / "emulator",
            apps=(AppRegistration(callback_url=callback_url),),
            prompt_speed=20.0,
            timing=timing or Timing(establish=0.02, media=0.01, terminating=0.01),
        )
        async with Emulator(emulated) as emulator:
            settings = bot_settings(emulator, callback_url, **more)
            handled: list[Handled] = []
            async with serving(bot, settings, listener=handled.append) as runtime:
                yield World(emulator, settings, runtime, handled)

    return start_world


def bot_settings(emulator: Emulator, callback_url: str, **more: object) -> Settings:
    tls = emulator.bot_tls
    values: dict[str, object] = {
        "app_id": APP_ID,
        "tenant_id": TENANT_ID,
        "client_secret": APP_SECRET,
        "callback_url": callback_url,
        "host": "127.0.0.1",
        "port": urlsplit(callback_url).port,
        "tls_certificate": tls.certificate,
        "tls_key": tls.key,
        "authority": emulator.authority,
        "graph_root": emulator.graph_root,
        "metadata_url": emulator.metadata_url,
        "ca_file": emulator.ca_file,
        "store": "memory://",
    }
    return Settings(**(values | more))
