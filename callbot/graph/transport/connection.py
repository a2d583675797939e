"""The one HTTP session of a client: TLS, a bounded read, and what is known when no answer comes."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import aiohttp
from yarl import URL

from callbot._version import __version__
from callbot.clock import Clock
from callbot.errors import ConfigurationError, GraphError, GraphTimeout, Unavailable
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.deadlines import Deadlines
from callbot.graph.transport.retry import Fate

MAX_ANSWER = 16 * 1024 * 1024
BROKEN = (aiohttp.ClientError, OSError, RuntimeError)
"""What aiohttp raises when there is no answer: also a bare `RuntimeError`, for a read after the end."""

_USER_AGENT = f"callbot/{__version__}"


class NoAnswer(Exception):
    """A request got no usable answer. `fate` says whether it can have had its effect."""

    def __init__(self, message: str, fate: Fate, *, timed_out: bool = False, repeatable: bool = True) -> None:
        super().__init__(message)
        self.fate = fate
        self.timed_out = timed_out
        self.repeatable = repeatable

    def as_error(self, message: str, verb: str, client_request_id: str | None = None) -> GraphError:
        """Return the error this is for a caller."""
        kind = GraphTimeout if self.timed_out else Unavailable
        error = kind(message, verb=verb, client_request_id=client_request_id)
        error.retryable = self.repeatable
        return error


class Connection:
    """Sends single requests, follows nothing and repeats nothing. Open it in the loop that uses it.

    `ca_file` is a PEM file of authorities to trust besides the system's own. `connect_timeout` is in seconds
    of the machine's clock, as only the socket knows it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        ca_file: Path | None = None,
        connect_timeout: float = 5.0,
        connector: aiohttp.BaseConnector | None = None,
    ) -> None:
        self._deadlines = Deadlines(clock)
        self._connector = connector
        self.tls = None if connector is not None else trust(ca_file)
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the session; it connects when it is first used."""
        if self._session is not None:
            return
        connector = self._connector
        if connector is None and self.tls is not None:
            connector = aiohttp.TCPConnector(ssl=self.tls)
        self._session = aiohttp.ClientSession(
            connector=connector,
            connector_owner=self._connector is None,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": _USER_AGENT},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
            trust_env=bool(getproxies()),  # looked up for each request otherwise, and in a thread
        )

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        self._deadlines.close()
        if session is not None:
            await session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The aiohttp session, for what is not a verb: tokens and downloads."""
        if self._session is None:
            raise RuntimeError("the Graph client is not open: use it as `async with GraphClient(...)`")
        return self._session

    async def exchange(
        self, method: str, url: URL | str, headers: Mapping[str, str], body: bytes | None, within: float
    ) -> Answer:
        """Send one request and read its answer, within `within` seconds.

        Raises `NoAnswer` with what is known of the request.
        """
        session = self.session
        try:
            with self._deadlines.within(within):
                async with session.request(
                    method, url, headers=headers, data=body, allow_redirects=False
                ) as response:
                    return Answer(response.status, response.headers, await _read(response))
        except BROKEN as error:
            raise no_answer(error, str(url), within) from error


def no_answer(error: Exception, url: str, within: float) -> NoAnswer:
    """Return what a failure on the way says about the request. `TimeoutError` is an `OSError`, too."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return NoAnswer(
                f"the certificate of {_host(url)} is not trusted ({error.certificate_error}); "
                "if its authority is your own, name it in the setting ca_file",
                Fate.NOT_SENT,
                repeatable=False,
            )
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return NoAnswer(f"no connection to {_host(url)}", Fate.NOT_SENT)
        case TimeoutError():
            return NoAnswer(f"no answer within {within:g} s", Fate.UNKNOWN, timed_out=True)
        case _:
            return NoAnswer("the connection broke before the answer was complete", Fate.UNKNOWN)


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities and those of `ca_file`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"ca_file {ca_file} is not a readable PEM file of certificates: {error}"
            ) from None
    return context


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if response.content_length is not None and "Content-Encoding" not in response.headers:
        _refuse_large(response.content_length)
        return await response.read()
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        _refuse_large(len(read))
    return bytes(read)


def _refuse_large(size: int) -> None:
    if size > MAX_ANSWER:
        raise NoAnswer(f"the answer is larger than {MAX_ANSWER} bytes", Fate.UNKNOWN, repeatable=False)


def _host(url: str) -> str:
    return urlsplit(url).netloc
