"""A bot and the world around it, in one process and on one clock, for the length of a test."""

import asyncio
import atexit
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from callbot.bot import CallBot, Handled
from callbot.emulator import (
    AppRegistration,
    Emulator,
    EmulatorSettings,
)
from callbot.service import serving
from callbot.settings import Settings
from callbot.testing.stage import LocalStage
from callbot.testing.story import HandlerRaised
from callbot.testing.surroundings import free_port, undisturbed
from callbot.testing.virtual import LoopClock, VirtualTime
from callbot.testing.world import Inside, Patience, PromptNames, World
from callbot.testing.world.faults import settings_for


@asynccontextmanager
async def simulate(
    bot: CallBot,
    *,
    faults: str | Iterable[str] = (),
    seed: int = 0,
    emulator: EmulatorSettings | None = None,
    starts_at: datetime | None = None,
    real_time: bool = False,
    patience: float = 60.0,
    outside: Iterable[str] = (),
    handlers_may_raise: bool = False,
    **settings: object,
) -> AsyncIterator[World]:
    """Run a bot against an emulated platform: real sockets, TLS and tokens, but virtual time.

    Time stands still while anything can happen and then jumps to what is due next, so that hours of call
    take milliseconds. That holds for everything in the event loop, `asyncio.sleep` in the bot included.

    Args:
        bot: The bot, as it would be given to `callbot.run`.
        faults: What goes wrong from the start, by name, as for `World.faults`.
        seed: What the dice of the faults start from.
        emulator: Settings of the platform (people, timing...); address, folder and app are set here.
        starts_at: The moment at which the world's clock starts; now when not given.
        real_time: Let time pass as it does: for a bot that uses services outside the test.
        patience: Seconds of real time that one expectation may take at most.
        outside: Packages whose coroutines wait for the real world (a database driver, say): time stands
            still as long as a task waits in one of them.
        handlers_may_raise: Whether the test may pass although a handler has raised.
        **settings: Settings of the bot other than the defaults, as for `callbot.Settings`.

    Raises `HandlerRaised` at the end of a test that passed although a handler has raised.
    """
    async with AsyncExitStack() as stack:
        virtual = None if real_time else stack.enter_context(VirtualTime(outside=tuple(outside)))
        clock = LoopClock(starts_at.timestamp() if starts_at is not None else None)
        names = (faults,) if isinstance(faults, str) else tuple(faults)
        callback_url = f"https://localhost:{free_port()}/api/calls"
        platform = Emulator(_platform(emulator or EmulatorSettings(), callback_url), clock)
        await stack.enter_async_context(platform)
        stage, inside = LocalStage(platform), Inside()

        def listen(handled: Handled) -> None:
            inside.log.append((clock.time(), handled))
            stage.wake()

        stack.enter_context(undisturbed())
        known = {"drain_timeout": 2.0} if real_time else {}
        own = _settings(platform, callback_url, {**known, **settings})
        inside.runtime = await stack.enter_async_context(serving(bot, own, clock=clock, listener=listen))
        prompts = PromptNames(inside.runtime.prompts.origin)
        world = World(stage, Patience(stage, clock, virtual, patience), prompts, inside)
        await stage.set_faults(settings_for(*names, seed=seed))
        yield world
        await asyncio.sleep(0)  # handlers that have just been woken finish first
        if inside.failures and not handlers_may_raise:
            await _report(world, inside)


async def _report(world: World, inside: Inside) -> None:
    failed = inside.failures[0]
    raise HandlerRaised(
        f"{failed.handler} raised {type(failed.error).__name__}: {failed.error}\n\n{await world.story()}"
    ) from failed.error


def _platform(settings: EmulatorSettings, callback_url: str) -> EmulatorSettings:
    app = settings.apps[0] if settings.apps else AppRegistration()
    return settings.model_copy(
        update={
            "port": 0,
            "directory": _folder(),
            "apps": (app.model_copy(update={"callback_url": callback_url}), *settings.apps[1:]),
        }
    )


def _settings(platform: Emulator, callback_url: str, more: dict[str, object]) -> Settings:
    tls, app = platform.bot_tls, platform.settings.apps[0]
    values: dict[str, object] = {
        "app_id": app.app_id,
        "tenant_id": app.tenant_id,
        "client_secret": app.secrets[0].get_secret_value(),
        "callback_url": callback_url,
        "host": "127.0.0.1",
        "port": urlsplit(callback_url).port,
        "tls_certificate": tls.certificate,
        "tls_key": tls.key,
        "authority": platform.authority,
        "graph_root": platform.graph_root,
        "metadata_url": platform.metadata_url,
        "ca_file": platform.ca_file,
        "store": "memory://",
    }
    return Settings(**(values | more))


@cache
def _folder() -> Path:
    """Certificates and keys, made once for all simulations of a process: keys take their time."""
    folder = tempfile.TemporaryDirectory(prefix="callbot-testing-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
