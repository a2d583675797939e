"""Access tokens of the emulated Graph: how they are made, and who a request turns out to come from."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from callbot.clock import Clock
from callbot.emulator.errors import ApiError
from callbot.emulator.identity.signing import KeyRing
from callbot.emulator.settings import AppRegistration, EmulatorSettings

_REMEMBERED_TOKENS = 1000
_SKEW = 300
_CLOUD_ROOTS = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The app behind a request: which tenant its token is of, and what it may do there."""

    app: AppRegistration
    tenant_id: str
    roles: frozenset[str]


class AccessTokens:
    """Issues and verifies the bearer tokens of requests to Graph.

    `roots` are the addresses of this emulator; a token for the real Graph's address is accepted too, so
    that a bot that only redirects its requests works.
    """

    def __init__(self, settings: EmulatorSettings, keys: KeyRing, clock: Clock) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock
        self.roots: tuple[str, ...] = ()
        self._verified_tokens: dict[str, Mapping[str, object]] = {}

    def accepts_resource(self, resource: str) -> bool:
        """Say whether `resource` is an address of this Graph."""
        return resource.rstrip("/") in (*self.roots, *_CLOUD_ROOTS)

    def issue(self, app: AppRegistration, tenant_id: str, resource: str, issuer: str) -> tuple[str, int]:
        """Return a token and its lifetime in seconds."""
        now = int(self._clock.time())
        lifetime = int(self._settings.timing.access_token)
        claims = {
            "aud": resource,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "app_displayname": app.display_name,
            "appid": app.app_id,
            "idtyp": "app",
            "oid": str(uuid.uuid5(uuid.NAMESPACE_URL, app.app_id)),
            "roles": list(app.roles),
            "tid": tenant_id,
            "uti": uuid.uuid4().hex,
            "ver": "1.0",
        }
        return self._keys.sign(claims, {"x5t": self._keys.current.kid}), lifetime

    def authenticate(self, authorization: str | None) -> Caller:
        """Return who sent a request, from its `Authorization` header, or raise the 401 it gets."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthenticated("Access token is empty.")
        claims = self._verified(token.strip())
        app_id = str(claims.get("appid", ""))
        app = next((app for app in self._settings.apps if app.app_id == app_id), None)
        if app is None:
            raise _unauthenticated("Access token validation failure. Unknown application.")
        roles = claims.get("roles")
        granted = frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
        return Caller(app, str(claims.get("tid", "")), granted)

    def _verified(self, token: str) -> Mapping[str, object]:
        claims = self._verified_tokens.get(token)
        if claims is None:
            claims = self._read(token)
            if len(self._verified_tokens) >= _REMEMBERED_TOKENS:
                self._verified_tokens.clear()
            self._verified_tokens[token] = claims
        now = self._clock.time()
        if not _number(claims, "nbf") <= now + _SKEW or now >= _number(claims, "exp"):
            raise _unauthenticated("Lifetime validation failed, the token is expired.")
        if not self.accepts_resource(str(claims.get("aud", ""))):
            raise _unauthenticated("Access token validation failure. Invalid audience.")
        return claims

    def _read(self, token: str) -> Mapping[str, object]:
        """Return the claims of a token whose signature is right."""
        try:
            key = self._keys.find(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise _unauthenticated("Access token validation failure. Invalid signature.")
            claims: Mapping[str, object] = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                # the lifetime is compared with the emulator's clock below
                options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise _unauthenticated("CompactToken parsing failed or the signature is invalid.") from None
        return claims


def _number(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _unauthenticated(message: str) -> ApiError:
    return ApiError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": 'Bearer realm=""'})
