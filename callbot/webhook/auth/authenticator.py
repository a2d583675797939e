"""Says who sent a callback, by its token, or refuses it.

Every check is mandatory and there is no anonymous mode. A token that passed is remembered until it
expires, so that a burst of callbacks costs one verification.
"""

import ssl
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from callbot.clock import Clock
from callbot.errors import UnauthenticatedCallback
from callbot.settings import Settings
from callbot.webhook.auth.claims import Caller, ClaimChecks, Lifetime
from callbot.webhook.auth.jose import bearer_token, key_id, verify
from callbot.webhook.auth.keys import KeyCache

MAX_REMEMBERED = 4096
"""Tokens remembered; the usual need is one per bot and tenant every few minutes."""


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    lifetime: Lifetime
    kid: str
    key: RSAPublicKey


class Authenticator:
    """Turns the `Authorization` header of a callback into its `Caller`.

    Args:
        checks: what a token has to claim.
        keys: where the signing keys come from; whoever builds them closes them.
        clock: what a token's lifetime is compared with.
    """

    def __init__(self, *, checks: ClaimChecks, keys: KeyCache, clock: Clock) -> None:
        self.keys = keys
        self._checks = checks
        self._clock = clock
        self._remembered: OrderedDict[bytes, _Verified] = OrderedDict()

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        clock: Clock,
        *,
        further_app_ids: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> Self:
        """Build the authenticator that `settings` describe. Close it with `aclose()`.

        `further_app_ids` are other bots behind the same URL. `tls` is what these settings trust, where it is
        at hand: to load the authorities of the system takes a twentieth of a second.
        """
        cloud = settings.endpoints
        tls = _trust(settings) if tls is None else tls
        checks = ClaimChecks(
            app_ids=(settings.app_id, *further_app_ids),
            issuers=cloud.issuers,
            allowed_tenants=settings.allowed_tenants,
            skew=settings.clock_skew,
        )
        return cls(checks=checks, keys=KeyCache(cloud.metadata_url, clock=clock, tls=tls), clock=clock)

    @property
    def ready(self) -> bool:
        """Whether a callback could be authenticated: the signing keys are at hand."""
        return self.keys.ready

    async def warm_up(self) -> None:
        """Fetch the signing keys before the first callback needs them. Failure is logged; see `ready`."""
        await self.keys.refresh()

    async def aclose(self) -> None:
        """Close the connections to the key endpoint."""
        await self.keys.aclose()

    async def authenticate(self, authorization: str | None) -> Caller:
        """Return who sent the callback with this `Authorization` header.

        Raises:
            UnauthenticatedCallback: the token is missing or fails a check; `reason` is a fixed word.
            KeysUnavailable: nobody can tell now, because the signing keys cannot be fetched.
        """
        header = (authorization or "").encode(errors="surrogateescape")
        digest = sha256(header).digest()  # not the token: what is kept in memory opens no door
        known = self._recall(digest)
        if known is not None:
            return known
        token = bearer_token(authorization)
        kid = key_id(token)
        key = await self.keys.find(kid)
        if key is None:
            raise UnauthenticatedCallback("unknown_key", "the token names a key that the platform lacks")
        known = self._recall(digest)  # another callback of the burst may have verified it meanwhile
        if known is not None:
            return known
        caller, lifetime = self._checks.check(verify(token, key), self._clock.time())
        self._remember(digest, _Verified(caller, lifetime, kid, key))
        return caller

    def _recall(self, digest: bytes) -> Caller | None:
        verified = self._remembered.get(digest)
        if verified is None:
            return None
        if self.keys.peek(verified.kid) is not verified.key:
            del self._remembered[digest]  # its key was withdrawn, or read anew: verify again
            return None
        verified.lifetime.check(self._clock.time(), self._checks.skew)
        return verified.caller

    def _remember(self, digest: bytes, verified: _Verified) -> None:
        self._remembered[digest] = verified
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)  # the first to come is the first to expire


def _trust(settings: Settings) -> ssl.SSLContext:
    tls = ssl.create_default_context()
    if settings.ca_file is not None:
        tls.load_verify_locations(settings.ca_file)
    return tls
