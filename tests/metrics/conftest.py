"""A bot in a host application that serves `/metrics`, an emulator around it, and what a scrape says."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from callbot import CallBot, attach
from callbot.bot import Handled
from callbot.clock import SystemClock, Timer
from callbot.emulator import AppRegistration, Emulator, EmulatorSettings, FaultSettings, Timing
from callbot.hosted import HostedBot
from callbot.metrics import metrics_routes
from callbot.service import BOTS, serving_app
from tests.end_to_end.conftest import World, bot_settings
from tests.ports import free_port


class Scraped:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.families: list[Metric] = list(text_string_to_metric_families(text))
        self.samples = [sample for family in self.families for sample in family.samples]

    def of(self, name: str, **labels: str) -> float:
        """Return the sum of the samples of this name that have these labels; there has to be one."""
        found = [
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert found, f"nothing was scraped of {name} {labels}"
        return sum(found)

    def by(self, name: str, label: str) -> dict[str, float]:
        """Return what is not zero of a metric, by the values of a label."""
        found: dict[str, float] = {}
        for sample in self.samples:
            if sample.name == name:
                value = sample.labels[label]
                found[value] = found.get(value, 0.0) + sample.value
        return {value: number for value, number in found.items() if number}

    def labels(self, name: str) -> set[str]:
        """Return the names of the labels a metric has."""
        return {label for sample in self.samples if sample.name == name for label in sample.labels}


FOR_LATER = 1e4  # seconds; the emulator itself waits for nothing that long


class Post(SystemClock):
    """The emulator's clock: callbacks that are to come late or twice come when the test says so."""

    def __init__(self) -> None:
        self._held: list[Callable[[], object]] = []

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        if delay > FOR_LATER:
            self._held.append(callback)
            return super().call_later(delay, lambda: None)
        return super().call_later(delay, callback)

    def deliver(self, callbacks: int) -> None:
        """Let what was held up be sent; that many callbacks have to be."""
        held, self._held = self._held, []
        assert len(held) == callbacks
        for callback in held:
            callback()


@dataclass
class Watched(World):
    """A world whose bot is in an application with `/metrics`."""

    post: Post = field(default_factory=Post)
    bots: tuple[HostedBot, ...] = ()

    async def ask(self, accept: str = "") -> tuple[int, str, str]:
        """Return status, content type and text of `/metrics`."""
        url = self.settings.callback_url.removesuffix(self.settings.callback_path) + "/metrics"
        tls = ssl.create_default_context(cafile=self.emulator.ca_file)
        async with (
            aiohttp.ClientSession() as client,
            client.get(url, headers={"Accept": accept}, ssl=tls) as response,
        ):
            return response.status, response.headers["Content-Type"], await response.text()

    async def scrape(self) -> Scraped:
        status, _, text = await self.ask()
        assert status == 200
        return Scraped(text)


Watch = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """Start an emulator and a bot; further arguments are settings of the bot."""

    @asynccontextmanager
    async def start(bot: CallBot, **more: object) -> AsyncIterator[Watched]:
        callback_url = f"https://localhost:{free_port()}/api/calls"
        emulated = EmulatorSettings(
            port=0,
            directory=tmp_path / "emulator",
            apps=(AppRegistration(callback_url=callback_url),),
            prompt_speed=20.0,
            timing=Timing(establish=0.02, media=0.01, terminating=0.01),
            faults=FaultSettings(delay=100 * FOR_LATER, retry_after=0.05),
        )
        post = Post()
        async with Emulator(emulated, clock=post) as emulator:
            settings = bot_settings(emulator, callback_url, **more)
            app = web.Application()
            handled: list[Handled] = []
            runtime = attach(app, bot, settings, listener=handled.append)
            app.add_routes(metrics_routes(app[BOTS].bots))
            world = Watched(emulator, settings, runtime, handled, post, tuple(app[BOTS].bots))
            async with serving_app(app):
                yield world

    return start
