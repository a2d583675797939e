"""The door of the emulated Graph: token, verb, answer, headers, log; then the notifications may go out.

https://learn.microsoft.com/graph/errors
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate

from aiohttp import web

from callbot.emulator.api.body import Body
from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.limits import Quotas
from callbot.emulator.api.routing import Router
from callbot.emulator.errors import ApiError, call_not_found, tenant_mismatch
from callbot.emulator.journal import RequestEntry
from callbot.emulator.platform import Platform
from callbot.emulator.wire import redacted
from callbot.log import get_logger

_log = get_logger(__name__)
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


class Gate:
    """Takes HTTP requests in and hands them to the verbs."""

    def __init__(self, platform: Platform, router: Router) -> None:
        self._platform = platform
        self._router = router
        self._quotas = Quotas(platform.settings, platform.clock)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount at the root of the server."""
        return [
            web.route("*", "/{version:v1\\.0|beta}/{path:.*}", self._handle),
        ]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        visit = _Visit(self._platform, request)
        content = await request.read()
        try:
            reply = await self._perform(visit, request, content)
        except ApiError as error:
            reply = visit.error(error)
        except Exception:  # noqa: BLE001 - a mistake of ours is an answer, not a lost connection
            _log.exception("a verb of the emulator failed", path=request.path)
            reply = visit.error(
                ApiError(500, "UnknownError", "Unexpected exception returned from the service.")
            )
        visit.log(reply, content)
        response = visit.response(reply)
        try:
            await response.prepare(request)
            await response.write_eof()
        finally:
            visit.release()
        return response

    async def _perform(self, visit: "_Visit", request: web.Request, content: bytes) -> Reply:
        caller = self._platform.tokens.authenticate(request.headers.get("Authorization"))
        visit.app_id = caller.app.app_id
        version, path = request.match_info["version"], request.match_info["path"]
        verb, params = self._router.find(version, request.method, path)
        self._quotas.count_request(caller)
        exchange = Exchange(
            platform=self._platform,
            quotas=self._quotas,
            version=version,
            method=request.method,
            path=path,
            caller=caller,
            body=Body.parse(content),
            query={key.lower(): value for key, value in request.query.items()},
            headers=request.headers,
            params=params,
        )
        visit.exchange = exchange
        if "call" in params:
            self._find_call(exchange, params["call"])
        return await verb.handler(exchange)

    def _find_call(self, exchange: Exchange, call_id: str) -> None:
        call = self._platform.calls.find(call_id)
        if call is None or call.app.app_id != exchange.caller.app.app_id:
            raise call_not_found()
        if call.tenant_id.lower() != exchange.caller.tenant_id.lower():
            raise tenant_mismatch()
        exchange.found = call
        exchange.hold(call)


class _Visit:
    """What is known of a request while it is answered."""

    def __init__(self, platform: Platform, request: web.Request) -> None:
        self._platform = platform
        self._request = request
        self._request_id = str(uuid.uuid4())
        self._client_request_id = request.headers.get("client-request-id")
        self._code: str | None = None
        self.app_id: str | None = None
        self.exchange: Exchange | None = None

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

    def log(self, reply: Reply, content: bytes) -> None:
        """Enter the request in the log."""
        exchange = self.exchange
        call = exchange.held[0] if exchange is not None and exchange.held else self._named_call()
        self._platform.journal.add(
            RequestEntry,
            call=call,
            method=self._request.method,
            path=self._request.path_qs,
            status=reply.status,
            code=self._code,
            app_id=self.app_id,
            request_id=self._request_id,
            body=redacted(exchange.body.fields) if exchange is not None and content else None,
        )

    def _named_call(self) -> str | None:
        named = self.exchange.params.get("call") if self.exchange is not None else None
        known = self._platform.calls.find_any(named) if named else None
        return known.id if known is not None else named

    def release(self) -> None:
        """Let the callbacks go that waited for the answer."""
        for call_id in self.exchange.held if self.exchange is not None else ():
            self._platform.outbox.release(call_id)
