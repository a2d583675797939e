"""Checks what a verified token claims: from whom, for whom, when, for which tenant. Pure.

https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callbot.errors import UnauthenticatedCallback

TENANT_CLAIMS = ("tid", "http://schemas.microsoft.com/identity/claims/tenantid")
"""The tenant of the call, as it is on the wire and as .NET names it."""

_END_OF_TIME = 1e12
_TENANT = re.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}")  # it becomes part of an address to sign in at


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a callback, as its verified token says.

    `app_id` is the bot it is meant for, spelt as configured; `tenant_id` the tenant of the call; `expires`
    the end of the token's life in seconds since the Unix epoch, without the tolerated skew.
    """

    app_id: str
    tenant_id: str
    expires: float


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when until when a token is good, in seconds since the Unix epoch."""

    not_before: float
    expires: float

    def check(self, now: float, skew: float) -> None:
        """Raise `UnauthenticatedCallback` unless `now` is within, give or take `skew` seconds."""
        if now >= self.expires + skew:
            raise UnauthenticatedCallback("expired", "the token has expired: is this machine's clock right?")
        if now < self.not_before - skew:
            raise UnauthenticatedCallback(
                "not_yet_valid", "the token is not valid yet: is this machine's clock right?"
            )


class ClaimChecks:
    """What a token has to claim to be believed.

    Args:
        app_ids: the bots served here; a token is for exactly one of them.
        issuers: who may have issued it, compared without a trailing slash.
        allowed_tenants: tenants that are served; empty for any.
        skew: tolerance for the lifetime in seconds.
    """

    def __init__(
        self, *, app_ids: Iterable[str], issuers: Iterable[str], allowed_tenants: Iterable[str], skew: float
    ) -> None:
        self.skew = skew
        self._app_ids = {app_id.lower(): app_id for app_id in app_ids}  # guids: their case says nothing
        self._issuers = frozenset(issuer.rstrip("/") for issuer in issuers)
        self._tenants = frozenset(tenant.lower() for tenant in allowed_tenants)

    def check(self, claims: Mapping[str, object], now: float) -> tuple[Caller, Lifetime]:
        """Return whom the claims name and for how long.

        Raises:
            UnauthenticatedCallback: a claim is missing or not what it has to be.
        """
        self._check_issuer(claims)
        app_id = self._app_id(claims)
        lifetime = _lifetime(claims)
        lifetime.check(now, self.skew)
        tenant = _tenant(claims)
        if self._tenants and tenant.lower() not in self._tenants:
            raise UnauthenticatedCallback(
                "tenant_not_allowed", "the token is for a tenant that allowed_tenants does not name"
            )
        return Caller(app_id, tenant, lifetime.expires), lifetime

    def _check_issuer(self, claims: Mapping[str, object]) -> None:
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or issuer.rstrip("/") not in self._issuers:
            raise UnauthenticatedCallback("other_issuer", "the token is from an issuer that is not trusted")

    def _app_id(self, claims: Mapping[str, object]) -> str:
        audience = claims.get("aud")
        app_id = self._app_ids.get(audience.lower()) if isinstance(audience, str) else None
        if app_id is None:
            raise UnauthenticatedCallback("other_app", "the token is for another app: compare app_id")
        return app_id


def _lifetime(claims: Mapping[str, object]) -> Lifetime:
    expires, not_before = _moment(claims, "exp"), _moment(claims, "nbf")
    if expires is None:
        raise UnauthenticatedCallback("no_expiry", "the token has no exp claim")
    return Lifetime(-math.inf if not_before is None else not_before, expires)


def _moment(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _END_OF_TIME:
        raise UnauthenticatedCallback("malformed_claims", f"the token's {name} is no number of seconds")
    return float(value)


def _tenant(claims: Mapping[str, object]) -> str:
    named = [claims[name] for name in TENANT_CLAIMS if claims.get(name) is not None]
    tenant = named[0] if named else None
    if not isinstance(tenant, str) or not tenant or any(other != tenant for other in named):
        raise UnauthenticatedCallback("no_tenant", "the token does not name one tenant")
    if not _TENANT.fullmatch(tenant):
        raise UnauthenticatedCallback("malformed_claims", "the token's tenant is no guid and no domain name")
    return tenant
