"""Puts a bot in front of an ASGI application: its requests are answered here, all others pass."""

from collections.abc import Callable

from callbot.admin import AdminPort
from callbot.asgi.protocol import App, Message, Receive, Scope, Send
from callbot.asgi.respond import prompt_named, respond_to_callback, respond_to_prompt
from callbot.bot import CallBot
from callbot.clock import Clock
from callbot.errors import ConfigurationError
from callbot.hosted import HostedBot
from callbot.runtime import Listener
from callbot.settings import Settings


class CallbotMiddleware:
    """Receives the callbacks of a bot in front of the ASGI application `app`.

    In Starlette and FastAPI `app.add_middleware(CallbotMiddleware, bot=bot, settings=settings)`, added last
    so that it is in front of the others; anywhere `app = CallbotMiddleware(app, bot=bot, settings=settings)`.

    It answers the path of `settings.callback_url` and the prompts; the application and its middlewares do not
    see them. The bot starts once the application has started, and is drained before the application closes
    what its handlers use. The server has to run the lifespan protocol (uvicorn does unless told
    `--lifespan off`): until then callbacks get 503.

    `bots` is the bot while it runs, as `callbot.metrics` wants it.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """

    def __init__(
        self,
        app: App,
        *,
        bot: CallBot,
        settings: Settings,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._app = app
        self._path = settings.callback_path
        self._make: Callable[[], HostedBot] = lambda: HostedBot(bot, settings, clock=clock, listener=listener)
        self._admin: AdminPort | None = None
        self._failed = False
        self.hosted: HostedBot | None = None
        self.bots: list[HostedBot] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one connection of the server, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http":
            await self._route(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = prompt_named(scope["path"])
        if scope["path"] != self._path and name is None:
            await self._app(scope, receive, send)
        elif self.hosted is None:
            await _not_started(send)
        elif name is not None:
            await respond_to_prompt(self.hosted.prompts, name, scope, send)
        else:
            await respond_to_callback(self.hosted, scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application's lifespan with the bot's inside it."""
        heard = False

        async def told() -> Message:
            nonlocal heard
            heard = True
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._stop()  # while the application still has everything that handlers use
            return message

        async def tell(message: Message) -> None:
            await self._tell(message, send)

        try:
            await self._app(scope, told, tell)
        except Exception:
            if heard and not self._failed:
                raise
        finally:
            await self._stop()
        if not heard:  # the application does not speak this part of the protocol, as Django does not
            await self._live_alone(receive, send)

    async def _live_alone(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._start_or_say_why(send)
        except ConfigurationError:
            return
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _tell(self, message: Message, send: Send) -> None:
        """Pass on what the application says of its lifespan; the bot starts when it has started."""
        if message["type"] == "lifespan.startup.complete":
            await self._start_or_say_why(send)
        if not self._failed:  # else that was said, in words: the application would send its traceback
            await send(message)

    async def _start_or_say_why(self, send: Send) -> None:
        """Start; what cannot work with these settings is said to the server, which needs no traceback."""
        try:
            await self._start()
        except ConfigurationError as error:
            self._failed = True
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise  # so that the application closes what it has opened

    async def _start(self) -> None:
        hosted = self._make()
        if hosted.settings.has_admin:
            self._admin = AdminPort.beside(hosted)
        try:
            if self._admin is not None:
                await self._admin.start()
            await hosted.start()
        except BaseException:
            await self._stop()
            raise
        self.hosted = hosted
        self.bots.append(hosted)

    async def _stop(self) -> None:
        if self.hosted is not None:
            await self.hosted.stop()
            self.hosted = None
            self.bots.clear()
        if self._admin is not None:
            await self._admin.stop()
            self._admin = None


async def _not_started(send: Send) -> None:
    headers = [(b"retry-after", b"1"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
