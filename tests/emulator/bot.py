"""A bot reduced to its wire: a TLS listener that keeps callbacks, and a client with tokens from MSAL."""

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp
import msal  # type: ignore[import-untyped]  # ships no types
from aiohttp import web

from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID, Emulator


@dataclass
class Received:
    """One callback as it came in."""

    headers: Mapping[str, str]
    body: dict[str, Any]
    path: str
    content: bytes = b""

    @property
    def item(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["value"][0]
        return found

    @property
    def data(self) -> Any:
        return self.item["resourceData"]

    @property
    def kind(self) -> str:
        """For example `updated established` or `deleted operations`."""
        parts = self.item["resourceUrl"].split("/")
        what = parts[4] if len(parts) > 4 else self.data.get("state", "-")
        return f"{self.item['changeType']} {what}"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


Responder = Callable[[Received], web.Response]


@dataclass
class Bot:
    """`received` are the callbacks in the order of arrival; `respond` decides what they are answered."""

    emulator: Emulator
    port: int = 0
    app_id: str = APP_ID
    secret: str = APP_SECRET
    tenant_id: str = TENANT_ID
    received: list[Received] = field(default_factory=list)
    respond: Responder = lambda _: web.Response(status=202)
    files: dict[str, bytes] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._callback)
        app.router.add_get("/files/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls = self.emulator.bot_tls
        context.load_cert_chain(tls.certificate, tls.key)
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context)
        await site.start()
        self.port = self._runner.addresses[0][1]
        trust = ssl.create_default_context(cafile=str(self.emulator.ca_file))
        self.client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust))
        self._changed = asyncio.Condition()
        self._token: str | None = None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()
        await self.stop_listening()

    async def stop_listening(self) -> None:
        """Refuse connections from now on."""
        server = self._runner.server
        transports = [connection.transport for connection in server.connections] if server else []
        await self._runner.cleanup()
        for transport in transports:
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    @property
    def root(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def callback_url(self) -> str:
        return f"{self.root}/api/calls"

    async def token(self) -> str:
        if self._token is None:
            answer = await asyncio.to_thread(self.acquire)
            self._token = str(answer["access_token"])
        return self._token

    def acquire(self, credential: Any = None, tenant: str | None = None) -> dict[str, Any]:
        """Ask for a token as every bot does: through MSAL."""
        app = msal.ConfidentialClientApplication(
            self.app_id,
            client_credential=credential or self.secret,
            authority=f"{self.emulator.authority}/{tenant or self.tenant_id}",
            instance_discovery=False,
            verify=str(self.emulator.ca_file),
        )
        answer: dict[str, Any] = app.acquire_token_for_client([f"{self.emulator.graph_root}/.default"])
        return answer

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        version: str = "v1.0",
        token: str | None = None,
        data: bytes | None = None,
    ) -> Answer:
        authorization = {"Authorization": f"Bearer {token or await self.token()}"}
        url = f"{self.emulator.graph_root}/{version}{path}"
        content = json.dumps(body).encode() if body is not None else data
        async with self.client.request(
            method, url, data=content, headers={**authorization, **(headers or {})}
        ) as response:
            text = await response.text(errors="replace")
            parsed = json.loads(text) if text and "json" in response.content_type else text
            return Answer(response.status, dict(response.headers), parsed)

    async def post(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        return await self.request("POST", path, body, **kwargs)

    async def get(self, path: str, **kwargs: Any) -> Answer:
        return await self.request("GET", path, **kwargs)

    async def verb(self, call_id: str, verb: str, body: Any = None, **kwargs: Any) -> Answer:
        return await self.post(f"/communications/calls/{call_id}/{verb}", body, **kwargs)

    def answer_body(self, **more: Any) -> dict[str, Any]:
        return {
            "callbackUri": self.callback_url,
            "acceptedModalities": ["audio"],
            "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"},
            **more,
        }

    def create_body(self, user_id: str, **more: Any) -> dict[str, Any]:
        return {
            "@odata.type": "#microsoft.graph.call",
            "callbackUri": self.callback_url,
            "requestedModalities": ["audio"],
            "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"},
            "targets": [
                {
                    "@odata.type": "#microsoft.graph.invitationParticipantInfo",
                    "identity": {
                        "@odata.type": "#microsoft.graph.identitySet",
                        "user": {"@odata.type": "#microsoft.graph.identity", "id": user_id},
                    },
                }
            ],
            **more,
        }

    async def place(self, user_id: str, **more: Any) -> str:
        """Call a person and return the call's id."""
        answer = await self.post("/communications/calls", self.create_body(user_id, **more))
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def until(self, kind: str, count: int = 1) -> Received:
        """Wait for the `count`th callback of a kind and return it."""
        async with self._changed, asyncio.timeout(10):
            while len(self.of(kind)) < count:
                await self._changed.wait()
        return self.of(kind)[count - 1]

    def of(self, kind: str) -> list[Received]:
        return [received for received in self.received if "value" in received.body and received.kind == kind]

    @property
    def kinds(self) -> list[str]:
        return [received.kind for received in self.received if received.body]

    async def _callback(self, request: web.Request) -> web.Response:
        content = await request.read()
        body = json.loads(content) if content else {}
        received = Received(dict(request.headers), body, request.path, content)
        async with self._changed:
            self.received.append(received)
            self._changed.notify_all()
        return self.respond(received)

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="audio/wav")
