"""The Graph client of one bot: every verb of the calls API, sent through one funnel."""

import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from callbot.clock import Clock, SystemClock
from callbot.graph.access.credentials import credential_of
from callbot.graph.access.sign_in import MsalSignIn
from callbot.graph.access.tokens import CachedTokens
from callbot.graph.recordings import TEAMS_HOSTS, Recordings
from callbot.graph.transport.connection import Connection
from callbot.graph.transport.funnel import Funnel, Sent
from callbot.graph.transport.token_source import TokenSource
from callbot.graph.verbs.beta import BetaVerbs
from callbot.graph.verbs.calls import CallVerbs
from callbot.graph.verbs.incoming import IncomingVerbs
from callbot.graph.verbs.media import MediaVerbs
from callbot.graph.verbs.operations import OperationVerbs
from callbot.graph.verbs.own_leg import OwnLegVerbs
from callbot.graph.verbs.participants import ParticipantVerbs
from callbot.graph.verbs.routing import RoutingVerbs
from callbot.settings import Settings
from callbot.tracing import tracing_of


class GraphClient(
    CallVerbs, IncomingVerbs, MediaVerbs, OwnLegVerbs, ParticipantVerbs, RoutingVerbs, OperationVerbs
):
    """Speaks with the calls API for one app; use it as `async with GraphClient(settings) as graph`.

    Every verb is a coroutine that returns what Graph answered, typed, and raises a `GraphError` by the
    meaning of what went wrong; `tenant` is the tenant of the call, `None` for the bot's own. `connector` puts
    the client on a connector of the host, which stays the host's to close; `tokens` replaces the sign-in.
    `beta` has the verbs of the beta API, which Microsoft may change at any time; `recordings` downloads what
    `record_response` has recorded; `requests` counts what became of the requests.

    https://learn.microsoft.com/graph/api/resources/communications-api-overview
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        connector: aiohttp.BaseConnector | None = None,
        tokens: TokenSource | None = None,
    ) -> None:
        clock = clock if clock is not None else SystemClock()
        cloud = settings.endpoints
        self._connection = Connection(clock, ca_file=settings.ca_file, connector=connector)
        if tokens is None:
            sign_in = MsalSignIn(
                self._connection, clock, credential_of(settings), deadline=settings.request_timeout
            )
            tokens = CachedTokens(sign_in, clock)
        self._tokens = tokens
        self._home = settings.tenant_id
        funnel = Funnel(
            self._connection,
            tokens,
            clock,
            root=URL(cloud.graph_root),
            cloud=cloud.name,
            home_tenant=settings.tenant_id,
            deadline=settings.request_timeout,
            tracing=tracing_of(settings),
        )
        super().__init__(funnel)
        self.requests = funnel.tally
        self.beta = BetaVerbs(funnel)
        self.recordings = Recordings(
            self._connection,
            clock,
            (urlsplit(cloud.graph_root).hostname or "", *TEAMS_HOSTS, *settings.recording_hosts),
            settings.request_timeout,
        )

    @property
    def sign_ins(self) -> Mapping[str, int]:
        """How many sign-ins there were, by result; none are known of `tokens` that were given."""
        return self._tokens.sign_ins if isinstance(self._tokens, CachedTokens) else {}

    def watch(self, watcher: Callable[[Sent], None]) -> None:
        """Have `watcher` told what became of each verb; it must not raise."""
        self._funnel.watcher = watcher

    async def open(self) -> None:
        """Get ready to send; connects when the first verb is sent."""
        await self._connection.open()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What the settings trust; None on a connector of the host."""
        return self._connection.tls

    async def sign_in(self) -> None:
        """Get a token of the bot's own tenant, if it has one, so that a mistake shows before a call does.

        Raises `AuthenticationFailed`, `Unavailable` or `GraphTimeout`.
        """
        if self._home is not None:
            await self._tokens.token(self._home)

    async def close(self) -> None:
        """End sign-ins that are under way and close every connection."""
        await self._tokens.close()
        await self._connection.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
