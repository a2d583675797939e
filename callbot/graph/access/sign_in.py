"""Signing in with MSAL, which is synchronous: it runs in a thread and is asked again where that can help.

What MSAL sends goes back to the event loop, so that tokens travel over the same TLS, proxy and clock as
everything else and a closed client leaves nothing behind.
https://learn.microsoft.com/entra/msal/python/
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from callbot.clock import Clock, sleep
from callbot.codes.sign_in import code_in, refusal
from callbot.errors import AuthenticationFailed, GraphError, GraphTimeout, Unavailable
from callbot.graph.access.msal_http import VERB, LoopHttp
from callbot.graph.access.tokens import Grant
from callbot.graph.transport.connection import Connection
from callbot.graph.transport.retry import pause

_ATTEMPTS = 3
_LONGEST_WAIT = 10.0  # seconds; everybody waits for the one sign-in, so better they are told


class Credential(Protocol):
    """How the bot proves who it is."""

    def ask(self, tenant: str, http: LoopHttp) -> Mapping[str, object]:
        """Ask for a token, in a thread; returns what MSAL returns and keeps nothing."""
        ...


@dataclass(frozen=True, slots=True)
class MsalSignIn:
    """Signs the app in, per tenant. `deadline` is in seconds and covers each single request of a sign-in."""

    connection: Connection
    clock: Clock
    credential: Credential
    deadline: float = 10.0

    async def __call__(self, tenant: str) -> Grant:
        """Return a new token for `tenant`; tries again where the sign-in service is down or busy."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._ask(tenant)
            except (Unavailable, GraphTimeout) as error:
                wait = pause(attempt + 1, 0.5) if error.retry_after is None else error.retry_after
                if attempt == _ATTEMPTS or not error.retryable or wait > _LONGEST_WAIT:
                    raise
            await sleep(self.clock, wait)

    async def _ask(self, tenant: str) -> Grant:
        http = LoopHttp(self.connection, self.clock, asyncio.get_running_loop(), self.deadline)
        try:
            result = await asyncio.to_thread(self.credential.ask, tenant, http)
        finally:
            http.abandon()
        return _grant(tenant, result)


def _grant(tenant: str, result: Mapping[str, object]) -> Grant:
    token, lifetime = result.get("access_token"), result.get("expires_in")
    if isinstance(token, str) and isinstance(lifetime, int | float):
        return Grant(token, float(lifetime))
    code = code_in(str(result.get("error_description")))
    cause, fix = refusal(code)
    correlation = result.get("correlation_id")
    raise _error_for(result)(
        f"no token for tenant {tenant}: {cause}: {fix}",
        verb=VERB,
        code=code if code is not None else str(result.get("error")),
        request_id=correlation if isinstance(correlation, str) else None,
    )


def _error_for(result: Mapping[str, object]) -> type[GraphError]:
    return Unavailable if result.get("error") == "temporarily_unavailable" else AuthenticationFailed
