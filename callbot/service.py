"""callbot as an aiohttp service, or inside one.

`attach` adds the callback path and the prompts to an application that exists, `create_app` makes one that
has nothing else, and `run` serves it.
"""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from callbot.bot import CallBot
from callbot.clock import Clock
from callbot.errors import ConfigurationError
from callbot.log import get_logger
from callbot.media import prompt_routes
from callbot.runtime import Listener, Runtime
from callbot.settings import Settings
from callbot.webhook import Authenticator, Receiver, aiohttp_handler

_log = get_logger(__name__)

RUNTIME: web.AppKey[Runtime] = web.AppKey("callbot.runtime", Runtime)
"""Where an application keeps its bot's runtime, and how `attach` knows that it has been there."""


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
    application. Call it after everything of the host that handlers use: what is added last is cleaned up
    first. `listener` is told what was handled.
    """
    if RUNTIME in app:
        raise ConfigurationError("this application has a bot already: attach() it once")
    runtime = app[RUNTIME] = Runtime(bot, settings, clock=clock, listener=listener)
    app.add_routes(prompt_routes(runtime.prompts))
    if settings.callbacks == "on":
        _receive(app, runtime)

    async def life(_: web.Application) -> AsyncIterator[None]:
        await runtime.start()
        yield
        # not in on_shutdown: that fires while requests are still being answered
        await runtime.stop()

    app.cleanup_ctx.append(life)
    return runtime


def _receive(app: web.Application, runtime: Runtime) -> None:
    """Give the application the callback path."""
    settings = runtime.settings
    authenticator = Authenticator.from_settings(settings, runtime.clock)
    receiver = Receiver(
        settings=settings,
        authenticator=authenticator,
        accept=runtime.intake.accept,
        clock=runtime.clock,
        doubt=runtime.intake.doubt,
    )

    async def keys(_: web.Application) -> AsyncIterator[None]:
        await authenticator.warm_up()
        yield
        await authenticator.aclose()

    app.router.add_route("*", settings.callback_path, aiohttp_handler(receiver))
    app.cleanup_ctx.append(keys)


def create_app(bot: CallBot, settings: Settings) -> web.Application:
    """Return an application that serves `bot` and nothing else."""
    app = web.Application()
    attach(app, bot, settings)
    return app


def run(bot: CallBot, settings: Settings | None = None) -> None:
    """Serve `bot` until SIGINT or SIGTERM, then drain. Settings come from the environment by default."""
    settings = settings or Settings.load()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve_until_stopped(bot, settings))


@asynccontextmanager
async def serving(
    bot: CallBot, settings: Settings, *, clock: Clock | None = None, listener: Listener | None = None
) -> AsyncIterator[Runtime]:
    """Serve `bot` on `settings.host` and `settings.port` while the block runs, then drain."""
    app = web.Application()
    runtime = attach(app, bot, settings, clock=clock, listener=listener)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=settings.drain_timeout)
    try:
        await runner.setup()
        await _listen(runner, settings)
        yield runtime
        await runtime.drain()  # before the listener closes: handlers may be waiting for callbacks
    finally:
        await runner.cleanup()


async def serve_until_stopped(
    bot: CallBot, settings: Settings, *, on_ready: Callable[[Runtime], object] | None = None
) -> None:
    """Serve `bot` until the process is asked to stop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        async with serving(bot, settings) as runtime:
            _log.info("serving", path=settings.callback_path, port=settings.port)
            if on_ready is not None:
                on_ready(runtime)
            await stopped.wait()
            _log.info("draining")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=_tls(settings))
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
        ) from None


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
