"""The admin API inside an aiohttp application: on the application's own port, or on one beside it."""

from collections.abc import AsyncIterator

from aiohttp import web

from callbot.admin.api import AdminApi
from callbot.admin.port import AdminPort
from callbot.errors import ConfigurationError
from callbot.hosted import HostedBot

_APIS: web.AppKey[dict[int | None, AdminApi]] = web.AppKey("callbot.admin", dict)


def administer(app: web.Application, hosted: HostedBot) -> list[web.AbstractRoute]:
    """Give admins the bot in an application, and return the routes that are new in it.

    A port of its own is opened before the bots of the application start, and closed after they have drained:
    so that one can look at either. Bots with the same `admin_port` share it.

    Raises `ConfigurationError` where the API cannot be had so.
    """
    apis = app.get(_APIS)
    if apis is None:
        apis = app[_APIS] = {}
    api = apis.get(hosted.settings.admin_port)
    if api is not None:
        api.add(hosted)
        return []
    api = apis[hosted.settings.admin_port] = AdminApi(hosted)
    if hosted.settings.admin_port is None:
        return _on_the_same_port(app, api)
    port = AdminPort(api)

    async def life(_: web.Application) -> AsyncIterator[None]:
        await port.start()
        yield
        await port.stop()

    app.cleanup_ctx.append(life)
    return []


def _on_the_same_port(app: web.Application, api: AdminApi) -> list[web.AbstractRoute]:
    routes = api.routes()
    taken = {resource.canonical for resource in app.router.resources()} & {route.path for route in routes}
    if taken:
        raise ConfigurationError(
            f"the application has a route {min(taken)} already, where the admin API is: set admin_port"
        )

    async def let_go(_: web.Application) -> None:
        api.feed.close()  # or the server waits for those who follow

    app.on_shutdown.append(let_go)
    return app.add_routes(routes)
