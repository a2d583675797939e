"""Access tokens: MSAL asks for them in a thread, everything else only looks them up.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from callbot.clock import Clock
from callbot.errors import GraphError
from callbot.log import get_logger

_RENEW_BEFORE = 300.0  # seconds: the skew Microsoft's services allow themselves
_KEEP_FAILURE = 5.0  # seconds: a burst of calls with a wrong secret must not lock the app out
_DROP_EVERY = 60.0  # seconds: what Graph refuses for good, no number of new tokens will open

_log = get_logger(__name__)


class Grant(NamedTuple):
    """What a sign-in brought: a token and the seconds it lives."""

    token: str
    lifetime: float


SignIn = Callable[[str], Awaitable[Grant]]


@dataclass(slots=True)
class _Tenant:
    """What is known for one tenant. Moments are of the monotonic clock."""

    token: str | None = None
    renew_at: float = 0.0
    expires_at: float = 0.0
    failure: GraphError | None = None
    failed_until: float = 0.0
    dropped_at: float = float("-inf")
    task: asyncio.Task[str] | None = None


@dataclass(slots=True)
class CachedTokens:
    """Keeps one token per tenant and renews it before it expires; one sign-in per tenant at a time.

    `sign_in` does the work. While a token is still good its renewal runs beside the requests that use it.
    """

    sign_in: SignIn
    clock: Clock
    sign_ins: Counter[str] = field(default_factory=Counter)  # by result: `ok`, or the name of the error
    _tenants: dict[str, _Tenant] = field(default_factory=dict)

    def cached(self, tenant: str) -> str | None:
        """Return a token that is good for a while yet, without waiting."""
        known = self._tenants.get(tenant)
        if known is not None and known.token is not None and self.clock.monotonic() < known.renew_at:
            return known.token
        return None

    async def token(self, tenant: str) -> str:
        """Return a token for `tenant`; raises `AuthenticationFailed`, `Unavailable` or `GraphTimeout`."""
        known = self._tenants.setdefault(tenant, _Tenant())
        now = self.clock.monotonic()
        if known.token is not None and now < known.renew_at:
            return known.token
        usable = known.token if now < known.expires_at else None
        if known.failure is not None and now < known.failed_until:
            if usable is not None:
                return usable
            raise known.failure.with_traceback(None)
        if known.task is None or known.task.done():
            known.task = asyncio.create_task(self._renew(tenant, known), name=f"sign-in {tenant}")
            known.task.add_done_callback(_look_at_failure)
        if usable is not None:
            return usable
        return await asyncio.shield(known.task)

    def drop(self, tenant: str, token: str) -> bool:
        """Forget `token`: Graph does not take it. Return whether another one may do better.

        There may be a newer one already. A token that took the place of a dropped one just now is kept: it is
        not the token that is wrong, and a sign-in per request would end in the app being locked out.
        """
        known = self._tenants.get(tenant)
        if known is None or known.token != token:
            return True
        now = self.clock.monotonic()
        if now - known.dropped_at < _DROP_EVERY:
            return False
        known.dropped_at = now
        known.token, known.renew_at, known.expires_at = None, 0.0, 0.0
        return True

    async def close(self) -> None:
        """End every sign-in that is under way."""
        tasks = [known.task for known in self._tenants.values() if known.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _renew(self, tenant: str, known: _Tenant) -> str:
        try:
            grant = await self.sign_in(tenant)
        except GraphError as error:
            self.sign_ins[type(error).__name__] += 1
            known.failure = error
            known.failed_until = self.clock.monotonic() + max(_KEEP_FAILURE, error.retry_after or 0.0)
            _log.warning("sign-in failed", tenant=tenant, code=error.code, error=type(error).__name__)
            raise
        self.sign_ins["ok"] += 1
        now = self.clock.monotonic()
        known.token, known.failure = grant.token, None
        known.expires_at = now + grant.lifetime
        known.renew_at = known.expires_at - min(_RENEW_BEFORE, grant.lifetime / 2)
        return grant.token


def _look_at_failure(task: asyncio.Task[str]) -> None:
    """Take note of a failure nobody waited for; it is logged and kept already."""
    if not task.cancelled():
        task.exception()
