"""The platform of the bench: login, signing keys and `GET /communications/calls/{id}`, over TLS.

Answers are bytes that were made before, so that it never limits a client that is measured.
Arguments: core, folder of the stage.
"""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.stage import Stage
from bench.wire import call_document, call_id_of

_SAMPLE = call_id_of(0, 0)
_OWN = slice(4, None)  # what differs between calls in their ids, and in those of their chains
_CALL = re.compile(rb"/communications/calls/([0-9a-f-]{36})")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r", re.IGNORECASE)


class Platform:
    """What is answered to what, by a piece of the request line."""

    def __init__(self, stage: Stage) -> None:
        self._root = stage.root
        self._stage = stage
        self._call = _answer(call_document(_SAMPLE))
        self.reads = 0

    def at(self, port: int) -> None:
        """Make the answers for the port it was given."""
        root = f"https://localhost:{port}"
        tenant = {
            "token_endpoint": f"{root}/token",
            "authorization_endpoint": f"{root}/authorize",
            "issuer": f"{root}/issuer",
        }
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": self._stage.tokens[0]}
        metadata = {"tenant_discovery_endpoint": f"{root}/tenant/v2.0/.well-known/openid-configuration"}
        self._routes = {
            b"/discovery/instance": _answer({**metadata, "metadata": []}),
            b"openid-configuration": _answer(tenant),
            b"/token": _answer(token),
            b"/keyset": _answer(self._stage.key_set),
            b"/keys": _answer({"issuer": "https://api.botframework.com", "jwks_uri": f"{root}/keyset"}),
        }

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a whole request."""
        line = request[: request.index(b"\r\n")]
        named = _CALL.search(line)
        if named is not None:
            self.reads += 1
            return self._call.replace(_SAMPLE[_OWN].encode(), named[1][_OWN])
        return next((answer for piece, answer in self._routes.items() if piece in line), _answer({}))


class Exchange(asyncio.Protocol):
    """One connection: requests in, answers out."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer when a request is complete."""
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._read, 0, end + 2)
        if len(self._read) < end + 4 + (int(length[1]) if length else 0):
            return
        request, self._read = self._read, b""
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(self._platform.answer(request))


def _answer(document: Mapping[str, object]) -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve() -> None:
    """Serve until nobody asks any more."""
    stage = Stage(Path(arguments[0]))
    platform = Platform(stage)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(stage.certificate, stage.certificate_key)
    server = await asyncio.get_running_loop().create_server(
        lambda: Exchange(platform), "127.0.0.1", 0, ssl=context
    )
    port = server.sockets[0].getsockname()[1]
    platform.at(port)
    say({"port": port})

    async def answer(_: Json) -> Json:
        return {"reads": platform.reads}

    await listen_async(answer)
    server.close()


if __name__ == "__main__":
    arguments = pinned()
    run(serve)
