"""`/metrics`, for Prometheus and whatever reads its format."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from callbot.hosted import HostedBot

METRICS_PATH = "/metrics"
_OPENMETRICS = "application/openmetrics-text"


def metrics_routes(bots: Sequence[HostedBot]) -> list[web.RouteDef]:
    """Return the route `/metrics` of an application's bots, with what the process itself uses.

    The answer is in Prometheus' text format, or in OpenMetrics where the request accepts that. It names app
    ids and says how busy the bots are, nothing of calls or people; who may read it is for the application to
    say. `bots` may grow.
    """
    # not at the top: whoever imports callbot would wait for prometheus_client
    from prometheus_client import CollectorRegistry, ProcessCollector  # noqa: PLC0415
    from prometheus_client.exposition import choose_encoder  # noqa: PLC0415

    from callbot.metrics.collector import BotCollector  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(BotCollector(bots))
    ProcessCollector(registry=registry)

    async def metrics(request: web.Request) -> web.Response:
        # not the header as it came: prometheus_client stumbles over a version that is none
        accepts = _OPENMETRICS in request.headers.get("Accept", "").lower()
        encode, content_type = choose_encoder(f"{_OPENMETRICS}; version=1.0.0" if accepts else "text/plain")
        # in a thread: counting a million calls takes a while
        body = await asyncio.to_thread(encode, registry)
        return web.Response(body=body, headers={"Content-Type": content_type})

    return [web.get(METRICS_PATH, metrics)]
