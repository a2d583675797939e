"""The token endpoint: what MSAL talks to instead of login.microsoftonline.com.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from callbot.clock import Clock
from callbot.emulator.identity.access import AccessTokens
from callbot.emulator.identity.signing import KeyRing
from callbot.emulator.journal import Journal, RequestEntry
from callbot.emulator.settings import AppRegistration, EmulatorSettings
from callbot.emulator.wire import JsonObject

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenRefused(Exception):
    """A token request that gets an error. `number` is the AADSTS code."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.number = number
        self.message = message


class Authority:
    """Serves the OpenID metadata and the client-credentials grant of every known tenant."""

    def __init__(
        self,
        settings: EmulatorSettings,
        tokens: AccessTokens,
        keys: KeyRing,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._keys = keys
        self._clock = clock
        self._journal = journal
        self.root = ""

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
            self._check_tenant(tenant)
        except TokenRefused as refusal:
            refusal.error = "invalid_tenant"
            return self._refusal(request, refusal)
        base = f"{self.root}/{tenant}"
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
        try:
            answer = self._grant(tenant, form)
        except TokenRefused as refusal:
            return self._refusal(request, refusal)
        self._log(request, 200, None, form.get("client_id"))
        return web.json_response(answer, headers={"Cache-Control": "no-store, no-cache"})

    def _grant(self, tenant: str, form: Mapping[str, str]) -> JsonObject:
        """Check a token request in the order the real authority does, and return its answer."""
        self._check_tenant(tenant)
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
            )
        app = self._find_app(tenant, form.get("client_id", ""))
        self._check_credential(app, tenant, form)
        resource, slash, rest = form.get("scope", "").partition("/.default")
        if not slash or rest:
            raise TokenRefused(
                400,
                "invalid_scope",
                1002012,
                "The provided value for scope is not valid: it must end in /.default.",
            )
        if not self._tokens.accepts_resource(resource):
            raise TokenRefused(
                400, "invalid_resource", 500011, f"The resource principal named {resource} was not found."
            )
        home = app.tenant_id if tenant.lower() == "common" else tenant
        token, lifetime = self._tokens.issue(app, home, resource, f"{self.root}/{home}/")
        return {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": token,
        }

    def _check_tenant(self, tenant: str) -> None:
        if tenant.lower() == "common" and self._settings.unsettled.common_is_home:
            return
        if tenant.lower() not in self._settings.known_tenants():
            raise TokenRefused(
                400,
                "invalid_request",
                90002,
                f"Tenant '{tenant}' not found. Check that it is the correct tenant id.",
            )

    def _find_app(self, tenant: str, client_id: str) -> AppRegistration:
        for app in self._settings.apps:
            homes = {home.lower() for home in (app.tenant_id, *app.tenants, "common")}
            if app.app_id.lower() == client_id.lower() and tenant.lower() in homes:
                return app
        raise TokenRefused(
            400,
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id}' was not found in the directory '{tenant}'.",
        )

    def _check_credential(self, app: AppRegistration, tenant: str, form: Mapping[str, str]) -> None:
        assertion = form.get("client_assertion")
        if assertion is not None and form.get("client_assertion_type") == _ASSERTION_TYPE:
            self._check_assertion(app, tenant, assertion)
            return
        secret = form.get("client_secret")
        if secret is None:
            raise TokenRefused(
                401,
                "invalid_client",
                7000216,
                "'client_assertion' or 'client_secret' is required for the 'client_credentials' grant type.",
            )
        if secret not in {known.get_secret_value() for known in app.secrets}:
            raise TokenRefused(
                401,
                "invalid_client",
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client "
                f"secret value, not the client secret ID, for a secret added to app '{app.app_id}'.",
            )

    def _check_assertion(self, app: AppRegistration, tenant: str, assertion: str) -> None:
        """Verify a client assertion with the app's registered certificates."""
        for path in app.certificates:
            try:
                claims: Mapping[str, object] = jwt.decode(
                    assertion,
                    _public_key(path),
                    algorithms=["RS256", "PS256"],
                    audience=f"{self.root}/{tenant}/oauth2/v2.0/token",
                    # MSAL dates its assertions by the machine's clock, not by the emulator's
                    options={"require": ["exp", "iss", "sub"]},
                )
            except jwt.InvalidTokenError:
                continue
            if claims["iss"] == claims["sub"] == app.app_id:
                return
        raise TokenRefused(
            401,
            "invalid_client",
            700027,
            "Client assertion failed signature validation or is not for this app.",
        )

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


def _public_key(path: Path) -> rsa.RSAPublicKey:
    key = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{path} holds no RSA certificate: client assertions need one")
    return key
