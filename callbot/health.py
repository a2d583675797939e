"""What tells an operator's probes how the service is."""

from collections.abc import Callable, Sequence

from aiohttp import web


def health_routes(unready: Callable[[], Sequence[str]]) -> list[web.RouteDef]:
    """Return the routes `/healthz` and `/readyz`. `unready` says why callbacks should not come here."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        reasons = unready()
        status = "unready" if reasons else "ready"
        return web.json_response({"status": status, "reasons": list(reasons)}, status=503 if reasons else 200)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
