"""MSAL's HTTP client: called in MSAL's thread, sends in the event loop."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from callbot.clock import Clock
from callbot.errors import Unavailable
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.connection import Connection, NoAnswer
from callbot.graph.transport.retry import retry_after

VERB = "sign in"
_BUSY = 429
_BROKEN = 500


class MsalResponse(NamedTuple):
    """An answer as MSAL wants it."""

    status_code: int
    headers: Mapping[str, str]
    text: str

    def raise_for_status(self) -> None:
        """Do nothing: what MSAL would raise for has been raised before."""


@dataclass(slots=True)
class LoopHttp:
    """The requests of one sign-in. `deadline` is in seconds, per request.

    Raises `Unavailable` or `GraphTimeout` through MSAL where the service gives no answer worth reading.
    """

    connection: Connection
    clock: Clock
    loop: asyncio.AbstractEventLoop
    deadline: float
    _running: Future[MsalResponse] | None = None
    _abandoned: bool = False

    def get(self, url: str, **options: object) -> MsalResponse:
        """Send a GET for MSAL, from its thread."""
        return self._send("GET", url, options)

    def post(self, url: str, **options: object) -> MsalResponse:
        """Send a form for MSAL, from its thread."""
        return self._send("POST", url, options)

    def close(self) -> None:
        """Leave the session open: it is the client's."""

    def abandon(self) -> None:
        """End the request that is under way, and with it the thread that waits for it."""
        self._abandoned = True
        if self._running is not None:
            self._running.cancel()

    def _send(self, method: str, url: str, options: Mapping[str, object]) -> MsalResponse:
        if self._abandoned:
            raise Unavailable("the sign-in was given up", verb=VERB)
        self._running = asyncio.run_coroutine_threadsafe(self._exchange(method, url, options), self.loop)
        return self._running.result()

    async def _exchange(self, method: str, url: str, options: Mapping[str, object]) -> MsalResponse:
        headers = _texts(options.get("headers"))
        body = None
        if method == "POST":
            body = urlencode(_texts(options.get("data"))).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        params = _texts(options.get("params"))
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        try:
            answer = await self.connection.exchange(method, url, headers, body, self.deadline)
        except NoAnswer as failure:
            raise failure.as_error(f"the sign-in service: {failure}", VERB) from failure
        return self._checked(answer)

    def _checked(self, answer: Answer) -> MsalResponse:
        text = answer.body.decode(errors="replace")
        complaint = None
        if answer.status == _BUSY or answer.status >= _BROKEN:
            complaint = "the sign-in service is busy or down"
        elif not _is_json_object(text):
            complaint = "the sign-in service did not answer in JSON; is there a proxy on the way?"
        if complaint is not None:
            wait = retry_after(answer.headers.get("Retry-After"), self.clock.time())
            raise Unavailable(complaint, verb=VERB, status=answer.status, retry_after=wait)
        return MsalResponse(answer.status, dict(answer.headers), text)


def _texts(values: object) -> dict[str, str]:
    """MSAL's untyped headers, parameters or form fields as texts."""
    if not isinstance(values, Mapping):
        return {}
    return {
        str(key): value.decode() if isinstance(value, bytes) else str(value)
        for key, value in values.items()
        if value is not None
    }


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
