"""A bot that runs elsewhere: the greeter and an emulator, each in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Elsewhere:
    """Where it runs, as `connect` takes it."""

    control_url: str
    callback_url: str
    ca_file: Path


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    """Start an emulator and the greeter as a developer does."""
    callback_url = f"https://localhost:{(port := free_port())}/api/calls"
    async with AsyncExitStack() as stack:
        emulator = await stack.enter_async_context(
            process("emulator", "--port", "0", "--directory", str(tmp_path), "--callback-url", callback_url)
        )
        root = (await until_said(emulator, "listens on")).split()[-1]
        environment = {
            "CALLBOT_PORT": str(port),
            "CALLBOT_CALLBACK_URL": callback_url,
            "CALLBOT_AUTHORITY": root,
            "CALLBOT_GRAPH_ROOT": root,
            "CALLBOT_METADATA_URL": f"{root}/v1/.well-known/OpenIdConfiguration",
            "CALLBOT_CA_FILE": str(tmp_path / "ca.pem"),
            "CALLBOT_TLS_CERTIFICATE": str(tmp_path / "bot.pem"),
            "CALLBOT_TLS_KEY": str(tmp_path / "bot.key"),
            "CALLBOT_STORE": f"sqlite:///{tmp_path}/calls.db",
        }
        bot = await stack.enter_async_context(
            process("run", "samples.greeter:bot", "--config", "config/demo.toml", env=environment)
        )
        await until_said(bot, "listens on")
        yield Elsewhere(f"{root}/control", callback_url, tmp_path / "ca.pem")


@asynccontextmanager
async def process(
    *arguments: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `callbot ...` while the block runs."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLBOT_")}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "callbot",
        *arguments,
        cwd=ROOT,
        env={**clean, **(env or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        started.kill()
        await started.communicate()


async def until_said(running: asyncio.subprocess.Process, words: str) -> str:
    """Return the first line on stdout that has `words`."""
    assert running.stdout is not None
    while line := (await running.stdout.readline()).decode():
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}: {(await running.communicate())[1].decode()}")
