"""Starting and stopping."""

import asyncio
from pathlib import Path

import pytest

from callbot.emulator import Emulator, EmulatorSettings, serve
from tests.emulator.bot import Bot
from tests.ports import free_port


async def test_serve_reports_when_it_listens_and_stops_on_cancel(key_directory: Path) -> None:
    ready: asyncio.Future[Emulator] = asyncio.get_running_loop().create_future()
    settings = EmulatorSettings(port=0, directory=key_directory)
    task = asyncio.create_task(serve(settings, ready.set_result))
    emulator = await ready
    assert emulator.graph_root.startswith("https://localhost:")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == 1


async def test_a_stop_with_live_calls_leaves_no_task(key_directory: Path) -> None:
    settings = EmulatorSettings(port=0, directory=key_directory)
    async with Emulator(settings) as emulator, Bot(emulator) as bot:
        await bot.place("c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22")
        await emulator.place_call("Ana")
    assert len(asyncio.all_tasks()) == 1


async def test_a_taken_port_is_reported_and_nothing_is_left_open(key_directory: Path) -> None:
    async with Emulator(EmulatorSettings(port=0, directory=key_directory)) as first:
        port = int(first.root.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with Emulator(EmulatorSettings(port=port, directory=key_directory)):
                pass


async def test_the_port_asked_for_is_taken(key_directory: Path) -> None:
    port = free_port()
    async with Emulator(EmulatorSettings(port=port, directory=key_directory)) as emulator:
        assert emulator.control_url == f"https://localhost:{port}/control"
