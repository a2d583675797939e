"""Who may use the admin API.

With a token, whoever sends it as `Authorization: Bearer`. Without one the API is on a loopback port, and
whoever is on this machine may use it, but no web page that is open in a browser there: such a page cannot
leave out `Origin` when it sends a POST, nor `Sec-Fetch-Site` when it only loads something, an image say. Nor
can it give another `Host` than the name it was loaded from, also when that name leads to 127.0.0.1 by now
(DNS rebinding).

https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
"""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from callbot.admin.answers import Refusal, refusal_of
from callbot.clock import Clock
from callbot.errors import CallbotError, ConfigurationError
from callbot.mistakes import is_loopback, token_mistakes
from callbot.settings import Settings
from callbot.webhook.tally import Tally

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OWN_SITES = frozenset({"none", "same-origin"})  # typed in by a person; loaded by an answer of the API itself
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="callbot admin"'}


class Door:
    """Lets the requests of admins in. Raises `ConfigurationError` for a token file that cannot be used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._tally = Tally(clock, "refused an admin request")
        if settings.has_admin_token:
            self._token()

    @property
    def asks_for_token(self) -> bool:
        """Whether it lets in those who have the token, and not just anybody on this machine."""
        return self._settings.has_admin_token

    def guard(self, handler: Handler) -> Handler:
        """Return `handler` behind this door; a `Refusal` and callbot's own errors become answers."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._admit(request)
            except Refusal as refusal:
                self._tally.refused(refusal.kind, str(refusal.__cause__ or refusal), refusal.status)
                answer = refusal.answer()
                answer.force_close()  # what else a stranger sends is not read
                return answer
            try:
                return await handler(request)
            except Refusal as refusal:
                return refusal.answer()
            except CallbotError as error:
                return refusal_of(error).answer()

        return guarded

    def _admit(self, request: web.Request) -> None:
        if self.asks_for_token:
            self._check_token(request)
        else:
            self._check_sender(request)

    def _check_token(self, request: web.Request) -> None:
        given = request.headers.getall("Authorization", [])
        if not given:
            raise Refusal(
                401, "MissingToken", "the admin API asks for Authorization: Bearer and a token", _CHALLENGE
            )
        try:
            wanted = self._token()
        except ConfigurationError as error:
            raise Refusal(503, "NoToken", "the admin token cannot be read, the log says why") from error
        scheme, _, token = given[0].partition(" ")
        same = hmac.compare_digest(token.strip().encode(errors="replace"), wanted.encode())
        if not same or len(given) > 1 or scheme.lower() != "bearer":
            raise Refusal(401, "WrongToken", "this is not the token of the admin API", _CHALLENGE)

    def _check_sender(self, request: web.Request) -> None:
        sites = request.headers.getall("Sec-Fetch-Site", [])
        if "Origin" in request.headers or not _OWN_SITES.issuperset(sites):
            raise Refusal(403, "FromWebPage", "the admin API takes no requests of web pages without a token")
        if not is_loopback(_name_in(request.headers.get("Host", ""))):
            raise Refusal(403, "OtherHost", "without a token the admin API goes by a loopback name only")

    def _token(self) -> str:
        """Return the token as it is now. Raises `ConfigurationError` for a file that holds none."""
        settings = self._settings
        if settings.admin_token is not None:
            return settings.admin_token.get_secret_value()
        if settings.admin_token_file is None:
            raise ConfigurationError("no admin token: set admin_token or admin_token_file")
        name = f"admin_token_file {settings.admin_token_file}"
        try:
            token = settings.admin_token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read {name}: {type(error).__name__}") from None
        for mistake in token_mistakes(name, token):
            raise ConfigurationError(mistake)
        return token


def _name_in(host: str) -> str:
    """Return the name in a `Host` header, without its port; nothing for what holds none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
