"""The bots of one aiohttp application: which of them a callback is for, and whose prompt is fetched."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from callbot.errors import ConfigurationError
from callbot.hosted import HostedBot
from callbot.media.route import prompt_routes
from callbot.store import file_of
from callbot.webhook import addressee, aiohttp_handler, expect_nothing

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AttachedBots:
    """Several bots in one application, told apart by callback path, or by app id where they share one."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._paths: dict[str, dict[str, _Handler]] = {}
        self.bots: list[HostedBot] = []

    def add(self, hosted: HostedBot) -> list[web.AbstractRoute]:
        """Add a bot, and return the routes that are new in the application.

        Raises `ConfigurationError` when it cannot be told apart from another bot or from a route of the host.
        """
        self._check(hosted)
        routes: list[web.AbstractRoute] = []
        path = hosted.settings.callback_path
        if hosted.receiver is not None:
            if path not in self._paths:
                self._paths[path] = {}
                routes.append(
                    self._app.router.add_route(
                        "*", path, self._handler(self._paths[path]), expect_handler=expect_nothing
                    )
                )
            self._paths[path][hosted.settings.app_id.lower()] = aiohttp_handler(hosted.receiver)
        if not self.bots:
            routes += self._app.add_routes(prompt_routes(self))
        self.bots.append(hosted)
        return routes

    async def drain(self, _: web.Application | None = None) -> None:
        """Drain all bots side by side: the door of each is closed before any waits for its calls."""
        await asyncio.gather(*(bot.drain() for bot in self.bots))

    def content(self, name: str) -> bytes | None:
        """Return the prompt that one of the bots has given out under a name."""
        found = (bot.prompts.content(name) for bot in self.bots)
        return next((content for content in found if content is not None), None)

    def _handler(self, bots: dict[str, _Handler]) -> _Handler:
        async def handle_callback(request: web.Request) -> web.StreamResponse:
            first, *others = bots.values()
            if not others:
                return await first(request)
            named = addressee(request.headers.get("Authorization")) or ""
            return await bots.get(named, first)(request)  # the first one refuses what is for nobody

        return handle_callback

    def _check(self, hosted: HostedBot) -> None:
        settings, path = hosted.settings, hosted.settings.callback_path
        taken = any(resource.canonical == path for resource in self._app.router.resources())
        if taken and path not in self._paths:
            raise ConfigurationError(
                f"the application has a route {path} already: callback_url needs its own"
            )
        for other in self.bots:
            same_path = other.settings.callback_path == path
            if same_path and other.settings.app_id.lower() == settings.app_id.lower():
                raise ConfigurationError(
                    "this application has a bot with this app_id and callback_url already: attach() it once, "
                    "or give the other one its own"
                )
            file = file_of(settings.store or "memory://")
            if file is not None and file == file_of(other.settings.store or "memory://"):
                raise ConfigurationError(
                    f"two bots of this application have the store {settings.store}: give each its own"
                )
