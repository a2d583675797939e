"""The token endpoint: what MSAL talks to instead of login.microsoftonline.com."""

import uuid
from datetime import UTC, datetime

from aiohttp import web

from callbot.clock import Clock, sleep
from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.identity.grants import Grants, TokenRefused
from callbot.emulator.identity.signing import KeyRing
from callbot.emulator.journal import Journal, RequestEntry
from callbot.emulator.settings.faults import Fault

UNAVAILABLE = 503


class Authority:
    """Serves the OpenID metadata and the client-credentials grant of every known tenant."""

    def __init__(
        self, grants: Grants, keys: KeyRing, clock: Clock, journal: Journal, plan: FaultPlan
    ) -> None:
        self._grants = grants
        self._keys = keys
        self._clock = clock
        self._journal = journal
        self._plan = plan

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount at the root of the server."""
        return [
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._metadata),
            web.get("/{tenant}/discovery/v2.0/keys", self._key_set),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ]

    async def _metadata(self, request: web.Request) -> web.Response:
        tenant = request.match_info["tenant"]
        try:
            self._grants.check_tenant(tenant)
        except TokenRefused as refusal:
            refusal.error = "invalid_tenant"
            return self._refusal(request, refusal)
        base = f"{self._grants.root}/{tenant}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "response_types_supported": ["code", "token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "tenant_region_scope": None,
            }
        )

    async def _key_set(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        return web.json_response(self._keys.key_set())

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        tenant = request.match_info["tenant"]
        if self._plan.happens(Fault.TOKEN_SLOW, None, "token"):
            await sleep(self._clock, self._plan.settings.token_delay)
        if self._plan.happens(Fault.TOKEN_FAIL, None, "token"):
            self._log(request, UNAVAILABLE, None, form.get("client_id"))
            return web.Response(status=UNAVAILABLE)
        try:
            answer = self._grants.grant(tenant, form)
        except TokenRefused as refusal:
            return self._refusal(request, refusal)
        self._log(request, 200, None, form.get("client_id"))
        return web.json_response(answer, headers={"Cache-Control": "no-store, no-cache"})

    def _refusal(self, request: web.Request, refusal: TokenRefused) -> web.Response:
        self._log(request, refusal.status, f"AADSTS{refusal.number}", None)
        moment = datetime.fromtimestamp(self._clock.time(), UTC)
        trace, correlation = str(uuid.uuid4()), request.headers.get("client-request-id", str(uuid.uuid4()))
        description = (
            f"AADSTS{refusal.number}: {refusal.message} Trace ID: {trace} Correlation ID: {correlation} "
            f"Timestamp: {moment:%Y-%m-%d %H:%M:%SZ}"
        )
        body = {
            "error": refusal.error,
            "error_description": description,
            "error_codes": [refusal.number],
            "timestamp": f"{moment:%Y-%m-%d %H:%M:%SZ}",
            "trace_id": trace,
            "correlation_id": correlation,
        }
        return web.json_response(body, status=refusal.status)

    def _log(self, request: web.Request, status: int, code: str | None, app_id: str | None) -> None:
        self._journal.add(
            RequestEntry, method=request.method, path=request.path, status=status, code=code, app_id=app_id
        )
