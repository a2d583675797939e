"""What stands in for the platform: it serves signing keys over TLS and signs tokens and callbacks."""

import base64
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from callbot.testing import ManualClock

APP = "5e9f6b4c-0c11-4a0b-9a27-0f2f6d6a1111"
TENANT = "7d2b4a80-3333-4d5e-8f00-1234567890ab"
CALL = "2c1f5a00-1111-4444-8888-0123456789ab"
LONG_TENANT_CLAIM = "http://schemas.microsoft.com/identity/claims/tenantid"


def signing_key(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=bits)


@dataclass
class Platform:
    """The platform's key endpoint and its pen.

    `published` are the keys the endpoint serves; a test changes them, breaks the endpoint through `status`
    or `answer`, and counts `fetches` of the key document.
    """

    clock: ManualClock
    keys: dict[str, RSAPrivateKey]
    published: list[dict[str, object]] = field(default_factory=list)
    root: str = ""
    status: int = 200
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    jwks_uri: str | None = None
    fetches: int = 0

    def publish(self, *kids: str) -> None:
        self.published = [public_jwk(self.keys[kid], kid) for kid in kids]

    @property
    def metadata_url(self) -> str:
        return f"{self.root}/v1/.well-known/OpenIdConfiguration"

    def claims(self, **changes: object) -> dict[str, object]:
        """Return the claims of a good token; a change to None leaves the claim out."""
        now = int(self.clock.time())
        claims: dict[str, object] = {
            "iss": "https://api.botframework.com",
            "aud": APP,
            "tid": TENANT,
            "appid": "26a18ebc-cdf7-4a6a-91cb-beb352805e81",
            "nbf": now,
            "exp": now + 300,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(
        self,
        claims: Mapping[str, object] | None = None,
        *,
        kid: str = "first",
        headers: Mapping[str, object] | None = None,
    ) -> str:
        """Return a token as the platform signs it, `cty` included."""
        return jwt.encode(
            dict(self.claims() if claims is None else claims),
            self.keys[kid],
            algorithm="RS256",
            headers={"kid": kid, "cty": "JWT", **(headers or {})},
        )

    def bearer(self, **changes: object) -> str:
        """Return an `Authorization` header with a good token, but for the changes to its claims."""
        return f"Bearer {self.token(self.claims(**changes))}"

    def headers(self, message_id: str | None = None, **changes: object) -> dict[str, str]:
        """Return the headers of a callback as seen on the wire."""
        headers = {
            "Authorization": self.bearer(**changes),
            "User-Agent": "Microsoft-Skype/3.0,(Calling/1.0)",
            "Content-Type": "application/json; charset=utf-8",
            "X-Microsoft-Skype-Chain-ID": "ca9b0000-1111-4444-8888-0123456789ab",
        }
        return headers | ({"X-Microsoft-Skype-Message-ID": message_id} if message_id else {})

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/.well-known/OpenIdConfiguration", self._metadata)
        app.router.add_get("/v1/keys", self._keys)
        return app

    async def _metadata(self, request: web.Request) -> web.StreamResponse:
        if self.answer is not None:
            return await self.answer(request)
        uri = self.jwks_uri if self.jwks_uri is not None else f"{self.root}/v1/keys"
        return web.json_response(
            {"issuer": "https://api.botframework.com", "jwks_uri": uri}, status=self.status
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        self.fetches += 1
        return web.json_response({"keys": self.published}, status=self.status)


@dataclass(frozen=True)
class Tls:
    """A certificate for loopback and the file of the private authority that vouches for it."""

    server: ssl.SSLContext
    ca_file: Path


def public_jwk(key: RSAPrivateKey, kid: str, **changes: object) -> dict[str, object]:
    found: dict[str, object] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return found | {"kid": kid, "use": "sig", "endorsements": ["msteams"]} | changes


def raw_token(header: object, payload: object, signature: bytes = b"") -> str:
    """Return a token put together by hand; bytes go in as they are."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def envelope(*items: object) -> dict[str, object]:
    return {"@odata.type": "#microsoft.graph.commsNotifications", "value": list(items)}


def notification(state: str = "established", **data: object) -> dict[str, object]:
    return {
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": "updated",
        "resource": f"/app/calls/{CALL}",
        "resourceUrl": f"/communications/calls/{CALL}",
        "resourceData": {"@odata.type": "#microsoft.graph.call", "state": state, **data},
    }


def body(*items: object) -> bytes:
    return json.dumps(envelope(*(items or (notification(),)))).encode()
