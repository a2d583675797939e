"""A port of its own for the admin API."""

import os
from typing import Self

from aiohttp import web

from callbot.admin.answers import Refusal
from callbot.admin.api import AdminApi
from callbot.admin.door import Handler
from callbot.errors import ConfigurationError
from callbot.hosted import HostedBot
from callbot.log import get_logger

_log = get_logger(__name__)

_LAST_WORDS = 1.0  # seconds for requests that are being answered when it stops


class AdminPort:
    """Serves an admin API on `admin_host` and `admin_port`, by plain http."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api
        self._runner: web.AppRunner | None = None

    @classmethod
    def beside(cls, hosted: HostedBot) -> Self:
        """Return the port of a bot that has not started yet, where its host is no aiohttp application.

        Start it before the bot, and stop it after. Raises `ConfigurationError` for settings without a port.
        """
        if hosted.settings.admin_port is None:
            raise ConfigurationError("the admin API is on a port of its own here: set admin_port, too")
        return cls(AdminApi(hosted))

    async def start(self) -> None:
        """Listen. Raises `ConfigurationError` when that cannot be."""
        settings = self._api.settings
        app = web.Application(middlewares=[_refuse_in_json])
        app.add_routes(self._api.routes_of_own_port())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_WORDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.admin_host, settings.admin_port).start()
        except OSError as error:
            await runner.cleanup()
            why = os.strerror(error.errno) if error.errno else str(error)
            raise ConfigurationError(
                f"cannot listen on {settings.admin_host}:{settings.admin_port} for the admin API: {why}. "
                "The setting admin_port names another port"
            ) from None
        self._runner = runner
        _log.info("the admin API is there", host=settings.admin_host, port=settings.admin_port)

    async def stop(self) -> None:
        """Let followers go, and listen no longer."""
        self._api.feed.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@web.middleware
async def _refuse_in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a path or a method that is not there as everything else is refused."""
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        message = f"{request.path} takes {allowed}, not {request.method}"
        return Refusal(405, "WrongMethod", message, {"Allow": allowed}).answer()
    except web.HTTPNotFound:
        return Refusal(404, "UnknownPath", f"the admin API has nothing at {request.path}").answer()
