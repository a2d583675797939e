"""What is known of one HTTP request while it is answered: its ids, its headers, its line in the log.

https://learn.microsoft.com/graph/errors
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate

from aiohttp import web

from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.errors import ApiError
from callbot.emulator.journal import RequestEntry
from callbot.emulator.platform import Platform
from callbot.emulator.wire import redacted

_DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "Emulator",
            "Slice": "E",
            "Ring": "0",
            "ScaleUnit": "000",
            "RoleInstance": "CALLBOT-EMULATOR",
        }
    },
    separators=(",", ":"),
)


class Visit:
    """One request. `call_id` is the call its path names, `exchange` is there once its sender is known."""

    def __init__(self, platform: Platform, request: web.Request) -> None:
        self._platform = platform
        self._request = request
        self._request_id = str(uuid.uuid4())
        self._client_request_id = request.headers.get("client-request-id")
        self._code: str | None = None
        self._logged = False
        self.app_id: str | None = None
        self.call_id: str | None = None
        self.exchange: Exchange | None = None

    @property
    def held(self) -> list[str]:
        """The calls whose callbacks wait for the answer."""
        return list(self.exchange.held) if self.exchange is not None else []

    def error(self, error: ApiError) -> Reply:
        """Return the answer for an error."""
        self._code = error.code
        moment = datetime.fromtimestamp(self._platform.clock.time(), UTC)
        inner: dict[str, object] = {
            "date": f"{moment:%Y-%m-%dT%H:%M:%S}",
            "request-id": self._request_id,
            "client-request-id": self._client_request_id or self._request_id,
        }
        body: dict[str, object] = {
            "error": {"code": error.code, "message": error.message, "innerError": inner}
        }
        return Reply(error.status, body, error.headers)

    def response(self, reply: Reply) -> web.Response:
        """Return the HTTP response with the headers every answer has."""
        response = web.Response(status=reply.status, headers=self._headers(reply.headers))
        if reply.content is not None:
            response.body = reply.content
        elif reply.body is not None:
            response.body = json.dumps(reply.body, ensure_ascii=False).encode()
            response.content_type = "application/json"
        elif reply.status == 200:  # noqa: PLR2004 - OK
            response.content_type = "text/plain"
        return response

    def log(self, reply: Reply | None, content: bytes, fault: str | None) -> None:
        """Enter the request in the log, once; without a reply its connection was closed."""
        if self._logged:
            return
        self._logged = True
        exchange = self.exchange
        self._platform.journal.add(
            RequestEntry,
            call=self.held[0] if self.held else self.call_id,
            method=self._request.method,
            path=self._request.path_qs,
            status=None if reply is None else reply.status,
            code=self._code,
            app_id=self.app_id,
            request_id=self._request_id,
            body=redacted(exchange.body.fields) if exchange is not None and content else None,
            fault=fault,
        )

    def release(self) -> None:
        """Let the callbacks go that waited for the answer."""
        if self.exchange is None:
            return
        for call_id in self.held:
            self.exchange.held.remove(call_id)
            self._platform.outbox.release(call_id)

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        headers = {
            "request-id": self._request_id,
            "client-request-id": self._client_request_id or self._request_id,
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "Strict-Transport-Security": "max-age=31536000",
            "Date": formatdate(self._platform.clock.time(), usegmt=True),
        }
        scenario = self._request.headers.get("Scenario-Id")
        if scenario is not None:
            headers["scenario-id"] = scenario
        return {**headers, **more}
