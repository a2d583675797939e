"""Serves the keys with which bots verify callbacks.

https://learn.microsoft.com/graph/api/resources/calls-api-overview
"""

from aiohttp import web

from callbot.emulator.callbacks.sender import ISSUER
from callbot.emulator.platform import Platform

_KEYS_PATH = "/v1/.well-known/keys"
UNAVAILABLE = 503


def key_routes(platform: Platform, metadata_path: str) -> list[web.RouteDef]:
    """Return the routes of the metadata document and the key set."""

    def down() -> bool:
        return platform.faults.settings.keys_down

    async def metadata(request: web.Request) -> web.Response:  # noqa: ARG001 - a route handler
        if down():
            return web.Response(status=UNAVAILABLE)
        return web.json_response(
            {
                "issuer": ISSUER,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": platform.root + _KEYS_PATH,
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def keys(request: web.Request) -> web.Response:  # noqa: ARG001 - a route handler
        if down():
            return web.Response(status=UNAVAILABLE)
        return web.json_response(platform.callback_keys.key_set())

    return [web.get(metadata_path, metadata), web.get(_KEYS_PATH, keys)]
