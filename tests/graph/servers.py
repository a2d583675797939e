"""A server that plays scripted answers over TLS: the sign-in service and Graph on one port."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

CALL = "2e1a0b00-2db4-4022-9570-243709c565ab"
CALL_PATH = f"/v1.0/communications/calls/{CALL}"
TENANT = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Seen:
    """A request as the server saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> object:
        return json.loads(self.body)


def reply(status: int = 200, document: object = None, headers: Mapping[str, str] | None = None) -> Handler:
    """Return a handler that answers with JSON, or with an empty body."""

    async def answer(_: web.Request) -> web.StreamResponse:
        body = b"" if document is None else json.dumps(document).encode()
        return web.Response(
            status=status, body=body, headers=headers, content_type="application/json" if body else None
        )

    return answer


def raw(body: bytes, content_type: str, status: int = 200) -> Handler:
    """Return a handler that answers with just these bytes."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, content_type=content_type)

    return answer


def error(status: int, code: str, message: str = "no", headers: Mapping[str, str] | None = None) -> Handler:
    """Return a handler that answers with Graph's error object."""
    inner = {"request-id": "r-1", "date": "2026-01-01T00:00:00"}
    document = {"error": {"code": code, "message": message, "innerError": inner}}
    return reply(status, document, headers)


async def cut_at_once(request: web.Request) -> web.StreamResponse:
    """Break the connection instead of an answer."""
    transport = request.transport
    assert transport is not None
    transport.abort()
    return web.Response()


async def cut_in_the_middle(request: web.Request) -> web.StreamResponse:
    """Break the connection after half an answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"id": "')
    return await cut_at_once(request)


@dataclass
class ScriptedGraph:
    """Answers `script` in order, then `otherwise`. `seen` is what it was asked, token requests apart.

    `sign_ins` are the token requests; `sign_in_script` their answers, a token where it is empty.
    `arrived` is set whenever a request of either kind comes in; `let_go` ends what hangs.
    """

    pem: Path
    script: deque[Handler] = field(default_factory=deque)
    otherwise: Handler = field(default_factory=reply)
    seen: list[Seen] = field(default_factory=list)
    sign_ins: list[dict[str, str]] = field(default_factory=list)
    sign_in_script: deque[Handler] = field(default_factory=deque)
    lifetime: int = 3599
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    root: str = ""
    _runner: web.AppRunner | None = None

    def will(self, *handlers: Handler) -> None:
        """Add answers to the script."""
        self.script.extend(handlers)

    async def hang(self, _: web.Request) -> web.StreamResponse:
        """Do not answer until the test is over."""
        await self.let_go.wait()
        return web.Response()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_route("*", "/{rest:.*}", self._graph)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.pem)
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = self._runner.addresses[0][1]
        self.root = f"https://localhost:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _discovery(self, request: web.Request) -> web.StreamResponse:
        tenant = request.match_info["tenant"]
        if tenant == "nobody.example":
            return web.json_response(
                {"error": "invalid_tenant", "error_description": "AADSTS90002: no such tenant"}, status=400
            )
        return web.json_response(
            {
                "issuer": f"{self.root}/{tenant}/v2.0",
                "authorization_endpoint": f"{self.root}/{tenant}/oauth2/v2.0/authorize",
                "token_endpoint": f"{self.root}/{tenant}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        fields = {key: str(value) for key, value in form.items()}
        self.sign_ins.append({"tenant": request.match_info["tenant"], **fields})
        self.arrived.set()
        if self.sign_in_script:
            return await self.sign_in_script.popleft()(request)
        return web.json_response(
            {
                "token_type": "Bearer",
                "access_token": f"token-{len(self.sign_ins)}",
                "expires_in": self.lifetime,
            }
        )

    async def _graph(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append(Seen(request.method, request.raw_path, request.headers, body))
        self.arrived.set()
        handler = self.script.popleft() if self.script else self.otherwise
        return await handler(request)
