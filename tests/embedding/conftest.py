"""Fixtures: an emulator, and a bot that is to be put into a host."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from callbot import Call, CallBot, Settings, Transition
from callbot.emulator import (
    APP_ID,
    APP_SECRET,
    TENANT_ID,
    AppRegistration,
    Emulator,
    EmulatorSettings,
    Timing,
)

PROMPT = Path(__file__).parents[2] / "samples" / "prompts" / "welcome.wav"


class Porter(CallBot):
    """Answers, plays a prompt, hangs up, and writes down what it saw."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.over = asyncio.Event()

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        self.seen.append("incoming")
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        self.seen.append("established")
        await call.play(PROMPT)
        self.seen.append("played")
        await call.hang_up()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.seen.append("terminated")
        self.over.set()


SEEN = ["incoming", "established", "played", "terminated"]


@dataclass
class Place:
    """Where a host under test listens, and what it needs to know."""

    emulator: Emulator
    port: int
    settings: Settings
    log: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"https://localhost:{self.port}"

    def server_tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.emulator.bot_tls.certificate, self.emulator.bot_tls.key)
        return context

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.emulator.ca_file))

    async def get(self, path: str) -> tuple[int, str]:
        """Ask the host for something of its own."""
        async with (
            aiohttp.ClientSession(self.root) as client,
            client.get(path, ssl=self.trust()) as answer,
        ):
            return answer.status, await answer.text()

    async def post(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
        """Send what is no callback; return the status and the headers."""
        async with (
            aiohttp.ClientSession(self.root) as client,
            client.post(path, json={}, headers=headers, ssl=self.trust()) as answer,
        ):
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def key_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all tests: making keys takes longer than most tests."""
    return tmp_path_factory.mktemp("emulator")


@pytest.fixture
async def place(key_directory: Path) -> AsyncIterator[Place]:
    """An emulator, and settings for a bot in a host on a free port."""
    port = free_port()
    callback_url = f"https://localhost:{port}/api/calls"
    emulated = EmulatorSettings(
        port=0,
        directory=key_directory,
        apps=(AppRegistration(callback_url=callback_url),),
        prompt_speed=50.0,
        timing=Timing(establish=0.01, media=0.01, terminating=0.01),
    )
    async with Emulator(emulated) as emulator:
        settings = Settings(
            app_id=APP_ID,
            tenant_id=TENANT_ID,
            client_secret=APP_SECRET,
            callback_url=callback_url,
            host="127.0.0.1",
            port=port,
            tls_certificate=emulator.bot_tls.certificate,
            tls_key=emulator.bot_tls.key,
            authority=emulator.authority,
            graph_root=emulator.graph_root,
            metadata_url=emulator.metadata_url,
            ca_file=emulator.ca_file,
            drain_timeout=10,
        )
        yield Place(emulator, port, settings)
