"""Everything that is to be asked behind one door: the place where routes are mounted."""

from collections.abc import Sequence

from aiohttp import web

from callbot.admin.calls.routes import CallsApi
from callbot.admin.door import Door
from callbot.admin.timeline import Feed
from callbot.admin.watched import WatchedBot, watch
from callbot.errors import ConfigurationError
from callbot.health import health_routes
from callbot.hosted import HostedBot
from callbot.metrics import metrics_routes

_SAME = ("admin_host", "admin_token", "admin_token_file")


class AdminApi:
    """The admin API of a bot, and of others that have it in the same place, with the same token.

    Raises `ConfigurationError` for an admin_token_file that holds no token.
    """

    def __init__(self, hosted: HostedBot) -> None:
        self.settings = hosted.settings
        self._clock = hosted.runtime.clock
        self.door = Door(self.settings, self._clock)
        self.feed = Feed(self._clock)
        self.hosted: list[HostedBot] = []
        self.bots: list[WatchedBot] = []  # the same, watched
        self.add(hosted)

    def add(self, hosted: HostedBot) -> None:
        """Add a bot that has not started yet. Raises `ConfigurationError` when it wants another door."""
        differs = [key for key in _SAME if getattr(hosted.settings, key) != getattr(self.settings, key)]
        if differs:
            raise ConfigurationError(
                f"two bots of this application have the same admin API and not the same {differs[0]}: "
                "give both the same, or each an admin_port of its own"
            )
        self.hosted.append(hosted)
        self.bots.append(watch(hosted, self.feed))

    def routes(self) -> list[web.RouteDef]:
        """Return what admins may ask, wherever the API is. Whatever else is for them is mounted here."""
        calls = CallsApi(self.bots, self.feed, self._clock, tokens=self.door.asks_for_token)
        return self._guarded(
            *calls.routes(),
            *metrics_routes(self.hosted),
        )

    def routes_of_own_port(self) -> list[web.RouteDef]:
        """Return what is on a port of its own: the same, and the probes that the service's port has, too."""
        return [*self.routes(), *self._guarded(*health_routes(self._unready))]

    def _guarded(self, *routes: web.RouteDef) -> list[web.RouteDef]:
        guard = self.door.guard
        return [web.RouteDef(one.method, one.path, guard(one.handler), one.kwargs) for one in routes]

    def _unready(self) -> Sequence[str]:
        return [reason for bot in self.hosted for reason in bot.unready]
