"""How the app proves who it is: MSAL with a secret or a certificate, its requests on the client's session.

MSAL is synchronous. It runs in a thread, and what it sends goes back to the event loop, so that tokens
travel over the same TLS, proxy and clock as everything else and a closed client leaves nothing behind.

https://learn.microsoft.com/entra/msal/python/
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msal  # type: ignore[import-untyped]  # it has no types
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from callbot.clock import Clock, sleep
from callbot.errors import AuthenticationFailed, ConfigurationError, GraphError, GraphTimeout, Unavailable
from callbot.graph.transport.advice import advice_on, code_in
from callbot.graph.transport.connection import Connection
from callbot.graph.transport.msal_http import VERB, LoopHttp
from callbot.graph.transport.retry import pause
from callbot.graph.transport.tokens import Grant
from callbot.settings import Settings

_ATTEMPTS = 3

Credential = str | Mapping[str, str]


@dataclass(slots=True)
class MsalSignIn:
    """Signs the app in, per tenant. `credential` is what MSAL takes as `client_credential`.

    `deadline` is in seconds and covers each single request of a sign-in.
    """

    connection: Connection
    clock: Clock
    authority: str
    scope: str
    app_id: str
    credential: Credential = field(repr=False)
    deadline: float = 10.0

    async def __call__(self, tenant: str) -> Grant:
        """Return a new token for `tenant`; tries again where the sign-in service is down or busy."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._ask(tenant)
            except (Unavailable, GraphTimeout) as error:
                if attempt == _ATTEMPTS or not error.retryable:
                    raise
                wait = pause(attempt + 1, 0.5) if error.retry_after is None else error.retry_after
            await sleep(self.clock, wait)

    async def _ask(self, tenant: str) -> Grant:
        http = LoopHttp(self.connection, self.clock, asyncio.get_running_loop(), self.deadline)
        try:
            result = await asyncio.to_thread(self._ask_msal, tenant, http)
        finally:
            http.abandon()
        return _grant(tenant, result)

    def _ask_msal(self, tenant: str, http: LoopHttp) -> Mapping[str, object]:
        """Run MSAL, in a thread. It keeps nothing: `CachedTokens` does, by the injected clock."""
        try:
            app = msal.ConfidentialClientApplication(
                self.app_id,
                client_credential=self.credential,
                authority=f"{self.authority}/{tenant}",
                instance_discovery=False,
                http_client=http,
            )
            result: Mapping[str, object] = app.acquire_token_for_client([self.scope])
        except (ValueError, KeyError) as error:
            code = code_in(f"{error} {error.__context__}")
            raise AuthenticationFailed(
                f"{self.authority} has no sign-in for the tenant {tenant}: "
                + advice_on(code if code is not None else "90002"),
                verb=VERB,
                code=None if code is None else f"AADSTS{code}",
            ) from None
        return result


def credential_of(settings: Settings) -> Credential:
    """Return the app's credential as MSAL takes it.

    Raises `ConfigurationError` for a certificate file that cannot work, before anything is sent.
    """
    if settings.client_secret is not None:
        return settings.client_secret.get_secret_value()
    if settings.client_certificate is None:
        raise ConfigurationError("no credentials: set client_secret or client_certificate")
    return _certificate(settings.client_certificate)


def _certificate(path: Path) -> Credential:
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read client_certificate {path}: {error.strerror}") from None
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ConfigurationError(
            f"the private key in client_certificate {path} is encrypted: decrypt it"
        ) from None
    except ValueError:
        raise ConfigurationError(f"client_certificate {path} holds no private key in PEM form") from None
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise ConfigurationError(f"client_certificate {path} holds no certificate in PEM form") from None
    if not any(certificate.public_key() == key.public_key() for certificate in certificates):
        raise ConfigurationError(f"the private key in client_certificate {path} is of another certificate")
    text = pem.decode()
    return {"private_key": text, "public_certificate": text}


def _grant(tenant: str, result: Mapping[str, object]) -> Grant:
    token, lifetime = result.get("access_token"), result.get("expires_in")
    if isinstance(token, str) and isinstance(lifetime, int | float):
        return Grant(token, float(lifetime))
    code = code_in(str(result.get("error_description")))
    correlation = result.get("correlation_id")
    raise _error_for(result)(
        f"no token for tenant {tenant}: {advice_on(code)}",
        verb=VERB,
        code=f"AADSTS{code}" if code is not None else str(result.get("error")),
        request_id=correlation if isinstance(correlation, str) else None,
    )


def _error_for(result: Mapping[str, object]) -> type[GraphError]:
    return Unavailable if result.get("error") == "temporarily_unavailable" else AuthenticationFailed
