"""Who gets an access token: the rules of the client-credentials grant.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from collections.abc import Mapping
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from callbot.emulator.identity.access import AccessTokens
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


class Grants:
    """Checks token requests in the order the real authority does. `root` is the authority's address."""

    def __init__(self, settings: EmulatorSettings, tokens: AccessTokens) -> None:
        self._settings = settings
        self._tokens = tokens
        self.root = ""

    def grant(self, tenant: str, form: Mapping[str, str]) -> JsonObject:
        """Return the answer to a token request; raises `TokenRefused`."""
        self.check_tenant(tenant)
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

    def check_tenant(self, tenant: str) -> None:
        """Refuse a tenant that does not exist."""
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


def _public_key(path: Path) -> rsa.RSAPublicKey:
    key = x509.load_pem_x509_certificate(path.read_bytes()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError(f"{path} holds no RSA certificate: client assertions need one")
    return key
