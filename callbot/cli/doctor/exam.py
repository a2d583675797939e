"""One examination: the settings, a way out, and what earlier checks have learnt for later ones."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from callbot.clock import Clock, timeout
from callbot.graph.transport.connection import no_answer, trust
from callbot.settings import Settings

_LIMIT = 256 * 1024  # bytes of an answer; more is nothing that is asked for here


class Silence(Exception):
    """Nothing usable came back; the message says what happened."""


@dataclass(slots=True)
class Heard:
    """The answer to a request: status, headers under lower-case names, and the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Exam:
    """What the checks share.

    `tenant` is whose sign-in is tried, `token` what it brought, `offsets` how many seconds the clocks of
    those that answered are ahead.
    """

    settings: Settings
    clock: Clock
    session: aiohttp.ClientSession
    tenant: str | None
    token: str | None = None
    offsets: dict[str, float] = field(default_factory=dict)

    async def ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Heard:
        """Send one request and read its answer; raises `Silence`. Redirects are answers."""
        limit = self.settings.request_timeout
        sent = self.clock.time()
        try:
            async with (
                timeout(self.clock, limit),
                self.session.request(method, url, headers=headers, allow_redirects=False) as answer,
            ):
                self._note_clock(url, answer.headers.get("Date"), sent)
                body = await answer.content.read(_LIMIT)
                return Heard(answer.status, {k.lower(): v for k, v in answer.headers.items()}, body)
        except (aiohttp.ClientError, OSError) as error:
            raise Silence(str(no_answer(error, url, limit))) from error

    def _note_clock(self, url: str, date: str | None, sent: float) -> None:
        if date is None:
            return
        try:
            moment = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        between = (sent + self.clock.time()) / 2
        self.offsets[urlsplit(url).netloc] = moment - between


@asynccontextmanager
async def examination(settings: Settings, clock: Clock, tenant: str | None) -> AsyncIterator[Exam]:
    """Open what an examination needs; raises `ConfigurationError` for a ca_file that cannot be read."""
    tls: ssl.SSLContext = trust(settings.ca_file)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5.0),
        trust_env=True,
    ) as session:
        yield Exam(settings, clock, session, tenant or settings.tenant_id)
