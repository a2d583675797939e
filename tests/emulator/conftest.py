"""Fixtures: an emulator on a free port whose people are quick, and a bot beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from callbot.emulator import AppRegistration, Emulator, EmulatorSettings, Timing
from tests.emulator.bot import Bot
from tests.ports import free_port

QUICK = Timing(establish=0.01, media=0.01, terminating=0.01)


@pytest.fixture(scope="session")
def key_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all tests: making keys takes longer than most tests."""
    return tmp_path_factory.mktemp("emulator")


@pytest.fixture(autouse=True)
def _only_the_given_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    # the client under MSAL prefers these to the authority it is told to trust
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


class Start(Protocol):
    async def __call__(self, clock: Any = None, **settings: Any) -> Bot: ...


@pytest.fixture
async def start(key_directory: Path) -> AsyncIterator[Start]:
    """Start an emulator with settings, and a bot whose listener is the app's global webhook."""
    async with AsyncExitStack() as stack:

        async def start(clock: Any = None, **settings: Any) -> Bot:
            port = settings.pop("bot_port", 0) or free_port()
            registration = AppRegistration(callback_url=f"https://localhost:{port}/api/calls")
            apps = settings.pop("apps", (registration,))
            emulator = await stack.enter_async_context(
                Emulator(
                    EmulatorSettings(
                        port=0, directory=key_directory, apps=apps, **{"timing": QUICK, **settings}
                    ),
                    clock,
                )
            )
            bot = await stack.enter_async_context(Bot(emulator, port=port))
            # callbacks under way end before their listener does
            stack.push_async_callback(emulator.close)
            return bot

        yield start


@pytest.fixture
async def bot(start: Start) -> Bot:
    """A bot with the default emulator."""
    return await start()
