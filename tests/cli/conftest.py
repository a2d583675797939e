"""Fixtures: commands in processes of their own, and an emulator for them to talk to."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from callbot.cli.demo.stage import free_port
from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID, AppRegistration, Emulator, EmulatorSettings

ROOT = Path(__file__).parents[2]
NOTHING: Mapping[str, str] = {}


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Running:
    """A command that runs; `lines` is what it has said on stdout so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def until_said(self, words: str) -> str:
        """Read its output until a line has `words`; return the line."""
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}: {(await self.end()).err}")

    async def end(self, number: int | None = None) -> Ended:
        """Send it a signal, if any, and wait until it has ended."""
        if number is not None:
            self.process.send_signal(number)
        out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Ended(self.process.returncode, "".join(self.lines) + out.decode(), err.decode())


Environment = Mapping[str, str]


class Start(Protocol):
    async def __call__(self, *arguments: str, cwd: Path = ..., env: Environment = ...) -> Running: ...


class Run(Protocol):
    async def __call__(self, *arguments: str, cwd: Path = ..., env: Environment = ...) -> Ended: ...


@asynccontextmanager
async def _process(arguments: tuple[str, ...], cwd: Path, env: Environment) -> AsyncIterator[Running]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLBOT_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "callbot",
        *arguments,
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start `callbot ...` in a process; what still runs at the end of the test is killed."""
    async with AsyncExitStack() as stack:

        async def start(*arguments: str, cwd: Path = ROOT, env: Environment = NOTHING) -> Running:
            return await stack.enter_async_context(_process(arguments, cwd, env))

        yield start


@pytest.fixture
def callbot(start: Start) -> Run:
    """Run `callbot ...` in a process to its end."""

    async def run(*arguments: str, cwd: Path = ROOT, env: Environment = NOTHING) -> Ended:
        return await (await start(*arguments, cwd=cwd, env=env)).end()

    return run


@pytest.fixture(scope="session")
def key_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all tests: making keys takes longer than most tests."""
    return tmp_path_factory.mktemp("emulator")


@pytest.fixture
def bot_port() -> int:
    """Where the bot of a test listens, if it does."""
    return free_port()


@pytest.fixture
async def emulator(key_directory: Path, bot_port: int) -> AsyncIterator[Emulator]:
    """An emulator on a free port, whose app is the bot at `bot_port`."""
    app = AppRegistration(tenants=("other",), callback_url=f"https://localhost:{bot_port}/api/calls")
    async with Emulator(EmulatorSettings(port=0, directory=key_directory, apps=(app,))) as running:
        yield running


@pytest.fixture
def environment(emulator: Emulator, bot_port: int, tmp_path: Path) -> dict[str, str]:
    """The settings of a bot that talks to the emulator, as environment variables."""
    tls = emulator.bot_tls
    return {
        "CALLBOT_APP_ID": APP_ID,
        "CALLBOT_TENANT_ID": TENANT_ID,
        "CALLBOT_CLIENT_SECRET": APP_SECRET,
        "CALLBOT_CALLBACK_URL": f"https://localhost:{bot_port}/api/calls",
        "CALLBOT_HOST": "127.0.0.1",
        "CALLBOT_PORT": str(bot_port),
        "CALLBOT_TLS_CERTIFICATE": str(tls.certificate),
        "CALLBOT_TLS_KEY": str(tls.key),
        "CALLBOT_AUTHORITY": emulator.authority,
        "CALLBOT_GRAPH_ROOT": emulator.graph_root,
        "CALLBOT_METADATA_URL": emulator.metadata_url,
        "CALLBOT_CA_FILE": str(emulator.ca_file),
        "CALLBOT_STORE": f"sqlite:///{tmp_path}/calls.db",
    }
