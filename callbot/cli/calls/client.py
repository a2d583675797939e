"""Asking the admin API, with its refusals as messages and exit codes."""

import json
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Self

import aiohttp

from callbot.cli.calls.place import Json, Place
from callbot.cli.failures import CODES_BY_NAME, USAGE, Failure

_NOT_SIGNED_IN, _NOT_PERMITTED, _NO_CALL, _NO_CONNECTION, _NO_ANSWER = 3, 4, 5, 7, 8
_UNKNOWN = 404
_REFUSED = 400
_DEADLINE = aiohttp.ClientTimeout(total=40)
_FOLLOWING = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=40)  # a line comes every 15 s

_CODES = {
    **CODES_BY_NAME,
    "MissingToken": _NOT_SIGNED_IN,
    "WrongToken": _NOT_SIGNED_IN,
    "NeedsToken": _NOT_PERMITTED,
    "FromWebPage": _NOT_PERMITTED,
    "OtherHost": _NOT_PERMITTED,
    "UnknownCall": _NO_CALL,
    "UnknownPath": _NO_CALL,
    "AmbiguousId": USAGE,
    "BadRequest": USAGE,
    "InvalidArgument": USAGE,
}

_ADVICE = {
    "MissingToken": "Set admin_token or admin_token_file to the service's own (CALLBOT_ADMIN_TOKEN).",
    "WrongToken": "Set admin_token or admin_token_file to the service's own (CALLBOT_ADMIN_TOKEN).",
    "AmbiguousId": "Give more of it.",
    "UnknownPath": "--url is the address without a path, as in --url http://127.0.0.1:8444",
    "NeedsToken": "Give the service an admin_token, and set the same here.",
}


class Unreachable(Failure):
    """The service does not answer, or not any more: it may be starting again."""


class AdminClient:
    """Asks the admin API of one service. Raises `Failure`; use it as `async with`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str, **query: str) -> Json:
        """Return the JSON object that is at a path."""
        return await self._ask("GET", path, query) or {}

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> Json | None:
        """Send something, and return the answer; None where it is empty."""
        return await self._ask("POST", path, {}, body)

    async def lines(self, path: str, **query: str) -> AsyncIterator[Json | None]:
        """Yield the lines of an answer that goes on, None for an empty one, until the service ends it."""
        async with self._request("GET", path, query, None, _FOLLOWING) as answer:
            await _check(answer, self._place)
            try:
                async for line in answer.content:
                    yield json.loads(line) if line.strip() else None
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                raise Unreachable(f"the service broke off: {type(error).__name__}", _NO_CONNECTION) from None

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> Json | None:
        async with self._request(method, path, query, body, _DEADLINE) as answer:
            document = await _check(answer, self._place)
        return document if isinstance(document, dict) else None

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, object] | None,
        deadline: aiohttp.ClientTimeout,
    ) -> "_Request":
        if self._session is None:
            raise RuntimeError("use it as: async with AdminClient(...)")
        place = self._place
        headers = {} if place.token is None else {"Authorization": f"Bearer {place.token}"}
        context = self._session.request(
            method,
            place.url + path,
            params=query,
            json=body,
            headers=headers,
            ssl=place.tls(),
            server_hostname=place.name if place.url.startswith("https:") else None,
            timeout=deadline,
            allow_redirects=False,
        )
        return _Request(context, place)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()


class _Request:
    """One request whose connection errors are messages."""

    def __init__(self, context: "aiohttp.client._RequestContextManager", place: Place) -> None:
        self._context = context
        self._place = place

    async def __aenter__(self) -> aiohttp.ClientResponse:
        url = self._place.url
        try:
            return await self._context.__aenter__()
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as error:
            if isinstance(error, aiohttp.ClientConnectorSSLError) and _is_no_tls(error):
                raise Failure(
                    f"{url} speaks plain http: write {url.replace('https:', 'http:', 1)}", _NO_CONNECTION
                ) from None
            raise Failure(
                f"{url} has a certificate that is not trusted here: {error}\n"
                "The setting ca_file names another authority to trust.",
                _NO_CONNECTION,
            ) from None
        except aiohttp.ServerDisconnectedError:
            raise Unreachable(
                f"{url} ends the connection without an answer. If it speaks https, write that.",
                _NO_CONNECTION,
            ) from None
        except aiohttp.ClientConnectionError:
            raise Unreachable(
                f"nothing answers at {url}.\nIs the service running, and with the same settings for its "
                "admin API (admin_port, admin_token)? --url names another place.",
                _NO_CONNECTION,
            ) from None
        except TimeoutError:
            raise Unreachable(f"{url} did not answer in time", _NO_ANSWER) from None
        except (aiohttp.ClientError, ValueError) as error:
            raise Failure(f"{url} does not answer as an admin API does: {error}") from None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._context.__aexit__(kind, error, trace)


def _is_no_tls(error: aiohttp.ClientConnectorSSLError) -> bool:
    """Whether what answered a greeting in TLS was none; OpenSSL has had two names for that."""
    return getattr(error.os_error, "reason", None) in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}


async def _check(answer: aiohttp.ClientResponse, place: Place) -> object:
    """Return the document of an answer, None where it has none. Raises `Failure` for a refusal."""
    if answer.status < _REFUSED and answer.content_type != "application/json":
        if answer.status == 204 or answer.content_type == "application/x-ndjson":  # noqa: PLR2004 - HTTP's
            return None
        raise _no_admin_api(place, answer.status)
    try:
        document = await answer.json()
    except (aiohttp.ClientError, ValueError):
        raise _no_admin_api(place, answer.status) from None
    if answer.status < _REFUSED:
        return document
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("kind"), str):
        raise _no_admin_api(place, answer.status)
    kind = error["kind"]
    said = [str(error.get("message")), _ADVICE.get(kind), error.get("advice")]
    raise Failure("\n".join(str(one) for one in said if one), _CODES.get(kind, 1))


def _no_admin_api(place: Place, status: int) -> Failure:
    return Failure(
        f"{place.url} answers with {status}, and not as an admin API of callbot does. "
        "Has the service been started with these settings (admin_port, admin_token)?",
        _NO_CALL if status == _UNKNOWN else 1,
    )
