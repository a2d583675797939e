"""Keeps the keys that sign callbacks at hand, so that a callback waits for the network hardly ever.

Keys are fetched once, renewed in the background when they are used and two hours old, and fetched again
when a token names one that is not among them, which is how a change of keys shows. Attempts are limited in
rate, because anybody can send a token with an invented key id. While the key endpoint is down the keys
at hand stay good.
"""

import asyncio
import ssl
from collections import Counter
from typing import Self

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from callbot.clock import Clock, timeout
from callbot.log import get_logger
from callbot.webhook.auth.jwks import KeysUnavailable, fetch_keys

REFRESH_AFTER = 2 * 60 * 60.0
"""Seconds after which keys are renewed: what the vendor's sample does."""

RETRY_AFTER = 10.0
"""Seconds between two attempts at least: how long an unknown key can stay unknown."""

FETCH_TIMEOUT = 4.0
"""Seconds for both documents: a policy-recording call must be answered within five."""

_log = get_logger(__name__)


class KeyCache:
    """The signing keys of one metadata address. Belongs to the event loop it is first used in.

    `tls` is the trust for the key endpoint (default: the system's). Close it with `aclose()`.
    """

    def __init__(self, metadata_url: str, *, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._url = metadata_url
        self._clock = clock
        self._tls = tls
        self._http: aiohttp.ClientSession | None = None
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched: float | None = None
        self._attempted: float | None = None
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None
        self.fetches: Counter[str] = Counter()  # by result: `ok`, `failed`

    @property
    def ready(self) -> bool:
        """Whether keys have been fetched at least once: without, no callback can be authenticated."""
        return self._fetched is not None

    def peek(self, kid: str) -> RSAPublicKey | None:
        """Return the key if it is at hand; renew old keys in the background."""
        if self._fetched is None or self._clock.monotonic() - self._fetched >= REFRESH_AFTER:
            self._start()
        return self._keys.get(kid)

    async def find(self, kid: str) -> RSAPublicKey | None:
        """Return the key, fetching the keys again if it is unknown; None if the platform has no such key.

        Raises:
            KeysUnavailable: the keys cannot be fetched, so nobody knows whether there is such a key.
        """
        key = self.peek(kid)
        if key is not None:
            return key
        await self.refresh()
        key = self._keys.get(kid)
        if key is None and (self._failed or not self.ready):
            raise KeysUnavailable("the keys that sign callbacks could not be fetched")
        return key

    async def refresh(self) -> None:
        """Fetch the keys, unless that was tried just now. Failure is logged, not raised: see `ready`."""
        self._start()
        if self._fetching is not None:
            await asyncio.shield(self._fetching)  # others wait for the same attempt

    async def aclose(self) -> None:
        """End a running attempt and close the connections."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])
            self._fetching = None
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _start(self) -> None:
        now = self._clock.monotonic()
        under_way = self._fetching is not None and not self._fetching.done()
        if under_way or (self._attempted is not None and now - self._attempted < RETRY_AFTER):
            return
        self._attempted = now
        self._fetching = asyncio.create_task(self._fetch(), name="callbot-signing-keys")

    async def _fetch(self) -> None:
        try:
            async with timeout(self._clock, FETCH_TIMEOUT):
                self._keys = await fetch_keys(self._session(), self._url)
        except TimeoutError:
            self._fail(f"no answer within {FETCH_TIMEOUT} s")
        except KeysUnavailable as error:
            self._fail(str(error))
        else:
            self._fetched = self._clock.monotonic()
            self._failed = False
            self.fetches["ok"] += 1
            _log.info("fetched the keys that sign callbacks", count=len(self._keys))

    def _fail(self, cause: str) -> None:
        self._failed = True
        self.fetches["failed"] += 1
        _log.warning("cannot fetch the keys that sign callbacks", cause=cause, keys_at_hand=len(self._keys))

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls if self._tls is not None else True),
                timeout=aiohttp.ClientTimeout(total=None),  # the injected clock limits the whole attempt
                trust_env=True,  # the way out may lead through a proxy
            )
        return self._http
