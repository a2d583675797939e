"""callbot as an aiohttp service, or inside one.

`attach` adds the callback path and the prompts to an application that exists, `create_app` makes one that
has nothing else, and `run` serves it.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, suppress
from signal import Signals

from aiohttp import web

from callbot.attached import AttachedBots
from callbot.bot import CallBot
from callbot.clock import Clock
from callbot.collector import quiet_collector
from callbot.errors import ConfigurationError
from callbot.health import health_routes
from callbot.hosted import HostedBot
from callbot.listening import runner_of
from callbot.log import get_logger
from callbot.middlewares import keep_out
from callbot.runtime import HANDOVER, Listener, Runtime
from callbot.settings import Settings
from callbot.signals import on_stop, run_to_the_end

_log = get_logger(__name__)

RUNTIME: web.AppKey[Runtime] = web.AppKey("callbot.runtime", Runtime)
"""Where an application keeps the runtime of its bot, of the first one where it has several."""

BOTS: web.AppKey[AttachedBots] = web.AppKey("callbot.bots", AttachedBots)
"""Where an application keeps its bots, and how `attach` knows that it has been there."""


def attach(
    app: web.Application,
    bot: CallBot,
    settings: Settings,
    *,
    clock: Clock | None = None,
    listener: Listener | None = None,
) -> Runtime:
    """Let the application `app` receive the callbacks of `bot`.

    Adds the path of `settings.callback_url` and `/prompts`, and starts and drains the bot with the
    application. Its handlers are drained before anything of the host is closed, and the host's middlewares do
    not see its requests: one that asks for a token of its own would turn the platform away. Call it last, on
    the application that is run, not on a part of it. `listener` is told what was handled.

    With an `admin_port` or an admin token in the settings there is an admin API, see docs/admin.md.

    Several bots can be in one application: call it for each. They have callback paths of their own, or share
    one and are told apart by their app ids.

    Raises `ConfigurationError` when the application has this bot, or the callback path, already.
    """
    hosted = HostedBot(bot, settings, clock=clock, listener=listener)
    keep_out(app, _add(app, hosted))

    drain = app[BOTS].drain
    if drain in app.on_shutdown:
        app.on_shutdown.remove(drain)
    # before any resource of the host closes, in whatever order they were added
    app.on_shutdown.insert(0, drain)
    return hosted.runtime


def _add(app: web.Application, hosted: HostedBot) -> list[web.AbstractRoute]:
    """Give the application the routes and the life of a bot; return the routes."""
    attached = app.get(BOTS)
    if attached is None:
        attached = app[BOTS] = AttachedBots(app)
    routes = attached.add(hosted)
    if RUNTIME not in app:
        app[RUNTIME] = hosted.runtime
    if hosted.settings.has_admin:
        from callbot.admin import administer  # noqa: PLC0415 - `import callbot` is quick without it

        routes += administer(app, hosted)

    async def life(_: web.Application) -> AsyncIterator[None]:
        await hosted.start()
        yield
        # not only in on_shutdown: that fires while requests are still being answered
        await hosted.stop()

    app.cleanup_ctx.append(life)
    return routes


def create_app(bot: CallBot, settings: Settings) -> web.Application:
    """Return an application that serves `bot` and nothing else.

    Beside callbacks and prompts it answers `/healthz` (the process runs) and `/readyz` (callbacks should come
    here; if not, why).
    """
    return _app(HostedBot(bot, settings))


def _app(hosted: HostedBot) -> web.Application:
    app = web.Application()
    _add(app, hosted)
    app.add_routes(health_routes(lambda: hosted.unready))
    return app


def run(bot: CallBot, settings: Settings | None = None) -> None:
    """Serve `bot` until SIGINT or SIGTERM, then drain. Settings come from the environment by default."""
    settings = settings or Settings.load()
    with suppress(KeyboardInterrupt):
        run_to_the_end(serve_until_stopped(bot, settings))


def run_app(app: web.Application) -> None:
    """Serve an application that `attach` was called for until SIGINT or SIGTERM, then drain.

    It listens where the bot's settings say. Unlike `aiohttp.web.run_app` it drains while it still listens:
    a handler may be waiting for a callback.
    """
    with suppress(KeyboardInterrupt):
        run_to_the_end(_until_stopped(serving_app(app), bots=lambda: [bot.runtime for bot in app[BOTS].bots]))


@asynccontextmanager
async def serving(
    bot: CallBot, settings: Settings, *, clock: Clock | None = None, listener: Listener | None = None
) -> AsyncIterator[Runtime]:
    """Serve `bot` on `settings.host` and `settings.port` while the block runs, then drain."""
    hosted = HostedBot(bot, settings, clock=clock, listener=listener)
    async with serving_app(_app(hosted)) as runtime:
        yield runtime


@asynccontextmanager
async def serving_app(app: web.Application) -> AsyncIterator[Runtime]:
    """Serve an application that `attach` was called for while the block runs, then drain.

    With several bots it listens where the settings of the first one say, whose runtime it gives.
    """
    bots = app[BOTS].bots
    runtime = bots[0].runtime
    settings = runtime.settings
    runner = runner_of(app, settings.drain_timeout)
    tls = _tls(settings)
    await _see_port_free(settings)
    try:
        await runner.setup()
        await _listen(runner, settings, tls)
        yield runtime
        # before the listener closes: handlers may be waiting for callbacks
        await app[BOTS].drain()
    finally:
        await runner.cleanup()


async def serve_until_stopped(
    bot: CallBot, settings: Settings, *, on_ready: Callable[[Runtime], object] | None = None
) -> None:
    """Serve `bot` until the process is asked to stop; asked a second time, it waits no longer.

    What it knows of calls outlives it by default: see `Settings.service_store`.
    """
    settings = settings.model_copy(update={"store": settings.service_store})
    await _until_stopped(_alone(serving(bot, settings)), on_ready)


@asynccontextmanager
async def _alone(service: AbstractAsyncContextManager[Runtime]) -> AsyncIterator[Runtime]:
    """Run a service that has the process for itself."""
    async with service as runtime:
        with quiet_collector():
            yield runtime


async def _until_stopped(
    service: AbstractAsyncContextManager[Runtime],
    on_ready: Callable[[Runtime], object] | None = None,
    *,
    bots: Callable[[], Sequence[Runtime]] | None = None,
) -> None:
    """Serve until the process is asked to stop; asked again, no bot waits any longer.

    `bots` gives the runtimes where the service has several; it is asked late, when all are there.
    """
    with ExitStack() as signals:  # they are taken until the service has ended: a second one hurries it
        async with service as runtime:
            asked, runtimes = _AskedToStop(), bots() if bots else [runtime]
            signals.enter_context(on_stop(lambda signal: asked.again(signal, runtimes)))
            _log.info("serving", path=runtime.settings.callback_path, port=runtime.settings.port)
            if on_ready is not None:
                on_ready(runtime)
            await asked.event.wait()
            _say_drain(runtime, asked.signal)
            begun = runtime.clock.monotonic()
        _log.info("stopped", signal=asked.signal, seconds=round(runtime.clock.monotonic() - begun, 1))


class _AskedToStop:
    """Waits for the signal that ends the service, and knows which it was."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.signal = ""

    def again(self, signal: Signals, bots: Sequence[Runtime]) -> None:
        """Take a signal: the first one stops the bots, any other one hurries them."""
        if not self.event.is_set():
            self.signal = signal.name
            self.event.set()
            return
        _log.warning("asked to stop again, nothing is waited for any longer", signal=signal.name)
        for runtime in bots:
            runtime.hurry()


def _say_drain(runtime: Runtime, signal: str) -> None:
    settings, shorter = runtime.settings, {}
    if settings.drain_incoming == "accept":
        shorter["limit_once_called"] = min(HANDOVER, settings.drain_timeout)
    _log.info(
        "draining",
        signal=signal,
        calls=runtime.live,
        calls_limit=settings.drain_calls_timeout,
        handlers=runtime.handlers,
        limit=settings.drain_timeout,
        **shorter,
    )


async def _see_port_free(settings: Settings) -> None:
    """Miss a port before the bot is started, which takes seconds where nobody answers."""
    loop = asyncio.get_running_loop()
    try:
        probe = await loop.create_server(asyncio.Protocol, settings.host, settings.port, start_serving=False)
    except OSError as error:
        raise _cannot_listen(settings, error) from None
    probe.close()
    await probe.wait_closed()


async def _listen(runner: web.AppRunner, settings: Settings, tls: ssl.SSLContext | None) -> None:
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls)
    try:
        await site.start()
    except OSError as error:
        raise _cannot_listen(settings, error) from None


def _cannot_listen(settings: Settings, error: OSError) -> ConfigurationError:
    why = os.strerror(error.errno) if error.errno else str(error)
    return ConfigurationError(
        f"cannot listen on {settings.host}:{settings.port}: {why}. "
        "Is the bot running already? The setting port names another port, as in --set port=8444"
    )


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"cannot use tls_certificate {settings.tls_certificate} with tls_key {settings.tls_key}: {error}"
        ) from None
    return context
