"""Keeps the middlewares of a host application away from the bot's requests.

A middleware belongs to the whole application. One that wants a token of the host's own answers 401 to the
platform's callbacks; one that turns exceptions into answers hides what happened.
"""

from collections.abc import AsyncIterator, Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from callbot.log import get_logger

_log = get_logger(__name__)


def keep_out(app: web.Application, routes: Iterable[web.AbstractRoute]) -> None:
    """Have requests to `routes` answered by their handlers alone.

    The middlewares of `app` are passed by, those that are added later included, as long as none is put in
    front of all. If one was, the log says so when the application starts. Other routes keep theirs.
    """
    resources = {route.resource for route in routes}

    @web.middleware
    async def bypass(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.route.resource in resources:
            answer: web.StreamResponse = await request.match_info.handler(request)
            return answer
        return await handler(request)

    async def look(application: web.Application) -> AsyncIterator[None]:
        everything = list(application.middlewares)
        for middleware in everything[: everything.index(bypass)]:
            if getattr(middleware, "__qualname__", None) == bypass.__qualname__:
                continue  # of another bot in the same application
            _log.warning(
                "a middleware runs before callbot's and sees its callbacks: call attach() after adding it",
                middleware=getattr(middleware, "__name__", type(middleware).__name__),
            )
        yield

    app.middlewares.insert(0, bypass)
    app.cleanup_ctx.append(look)
