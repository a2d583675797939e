"""Emulators on free ports, and clients of them."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID, Emulator, EmulatorSettings
from callbot.graph import GraphClient
from callbot.settings import Settings
from tests.graph.verbs.stage import CALLBACK, PEOPLE, QUICK, Stage


class OpenStage(Protocol):
    """Starts an emulator with settings of the test's own, and a client of it."""

    def __call__(
        self, *, client: dict[str, object] | None = None, **settings: object
    ) -> Awaitable[Stage]: ...


@pytest.fixture(scope="session")
def emulator_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all: making keys takes longer than most tests."""
    return tmp_path_factory.mktemp("emulator")


@pytest.fixture
async def open_stage(emulator_directory: Path) -> AsyncIterator[OpenStage]:
    async with AsyncExitStack() as stack:

        async def make(
            *,
            client: dict[str, object] | None = None,
            **settings: object,
        ) -> Stage:
            values: dict[str, object] = {
                "port": 0,
                "directory": emulator_directory,
                "timing": QUICK,
                "people": PEOPLE,
                "fetch_prompts": False,
                "prompt_seconds": 0.01,
            }
            emulator = await stack.enter_async_context(
                Emulator(EmulatorSettings.model_validate(values | settings))
            )
            bot = Settings(
                **{
                    "app_id": APP_ID,
                    "tenant_id": TENANT_ID,
                    "client_secret": APP_SECRET,
                    "callback_url": CALLBACK,
                    "authority": emulator.authority,
                    "graph_root": emulator.graph_root,
                    "ca_file": emulator.ca_file,
                    **(client or {}),
                }
            )
            return Stage(emulator, await stack.enter_async_context(GraphClient(bot)))

        yield make


@pytest.fixture
async def stage(open_stage: OpenStage) -> Stage:
    """An emulator as it comes, whose people are quick."""
    return await open_stage()
