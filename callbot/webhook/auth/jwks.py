"""Fetches the keys that sign callbacks, from the platform's metadata.

OpenID metadata names a `jwks_uri`; that document holds the keys. Both are read over https only, without
following a redirect, and with a limit to their size. What a token says about keys (`jku`, `x5u`, `jwk`)
plays no part.

https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications
"""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from callbot.errors import CallbotError

MAX_DOCUMENT = 512 * 1024
"""Bytes of metadata or of the key document."""

MAX_KEYS = 200
MAX_KID = 256
MIN_KEY_BITS, MAX_KEY_BITS = 2048, 8192


class KeysUnavailable(CallbotError):
    """The signing keys could not be fetched; the message says from where and why."""


async def fetch_keys(http: aiohttp.ClientSession, metadata_url: str) -> dict[str, RSAPublicKey]:
    """Return the platform's signing keys by key id.

    Raises:
        KeysUnavailable: no answer, not the documents expected, or no usable key among them.
    """
    metadata = await _get(http, metadata_url)
    jwks_uri = metadata.get("jwks_uri")
    if not isinstance(jwks_uri, str):
        raise KeysUnavailable(f"the metadata at {metadata_url} names no jwks_uri: is it OpenID metadata?")
    keys = read_keys(await _get(http, jwks_uri))
    if not keys:
        raise KeysUnavailable(f"there is no usable RSA signing key at {jwks_uri}")
    return keys


def read_keys(document: Mapping[str, object]) -> dict[str, RSAPublicKey]:
    """Return the RSA signing keys of a key document by key id; keys for anything else are left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        return {}
    found: dict[str, RSAPublicKey] = {}
    for entry in listed[:MAX_KEYS]:
        kid = entry.get("kid") if isinstance(entry, dict) else None
        if isinstance(kid, str) and 0 < len(kid) <= MAX_KID and kid not in found:
            key = _read_key(entry)
            if key is not None:
                found[kid] = key
    return found


def _read_key(entry: Mapping[str, object]) -> RSAPublicKey | None:
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    public = {name: entry.get(name) for name in ("kty", "n", "e")}
    try:
        key = RSAAlgorithm.from_jwk(json.dumps(public))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if not isinstance(key, RSAPublicKey) or not MIN_KEY_BITS <= key.key_size <= MAX_KEY_BITS:
        return None
    return key


async def _get(http: aiohttp.ClientSession, url: str) -> dict[str, object]:
    """Return the JSON object at `url`."""
    try:
        if urlsplit(url).scheme != "https":
            raise KeysUnavailable("signing keys are fetched over https only: the address given is not https")
        async with http.get(url, allow_redirects=False, headers={"Accept": "application/json"}) as response:
            if response.status != 200:  # noqa: PLR2004 - the one answer that carries the document
                raise KeysUnavailable(f"{url} answered HTTP {response.status} instead of 200")
            content = await _read(response)
    except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:  # a read after the end
        raise KeysUnavailable(f"cannot reach {url}: {str(error) or type(error).__name__}") from error
    try:
        document: object = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise KeysUnavailable(f"{url} did not answer with a JSON object")
    return document


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MAX_DOCUMENT:
            raise KeysUnavailable(f"{response.url} answered with more than {MAX_DOCUMENT} bytes")
    return bytes(content)
