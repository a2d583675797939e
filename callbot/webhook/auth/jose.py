"""Opens a token: from the header of a callback to claims that a key has vouched for.

Of what a token says about itself only the key's id is used, and only to find the key among those of the
platform. `cty`, `typ` and every pointer to another key (`jku`, `x5u`, `jwk`, `x5c`) are ignored.
"""

import json
import re

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from callbot.errors import UnauthenticatedCallback
from callbot.webhook.auth.jwks import MAX_KID

ALGORITHM = "RS256"

MAX_TOKEN = 16 * 1024
"""Characters of a token; the platform's have about a thousand."""

_SHAPE = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*").fullmatch

_jws = jwt.PyJWS(algorithms=[ALGORITHM])


def bearer_token(authorization: str | None) -> bytes:
    """Return the token of an `Authorization` header.

    Raises:
        UnauthenticatedCallback: there is none, or it is nothing like a token.
    """
    if not authorization:
        raise UnauthenticatedCallback("no_token", "the callback has no Authorization header")
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedCallback("not_bearer", "the Authorization header holds no bearer token")
    if len(token) > MAX_TOKEN or not token.isascii():
        raise UnauthenticatedCallback("malformed_token", "the bearer token is no JSON web token")
    return token.encode("ascii")


def key_id(token: bytes) -> str:
    """Return the id of the key a token says it is signed with.

    Raises:
        UnauthenticatedCallback: it is no JSON web token, names no key or is not signed with RS256.
    """
    if _SHAPE(token) is None:  # lenient decoders skip what base64 lacks: one token would have many spellings
        raise UnauthenticatedCallback("malformed_token", "the bearer token is no JSON web token")
    try:
        header = _jws.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise UnauthenticatedCallback("malformed_token", "the bearer token is no JSON web token") from None
    if header.get("alg") != ALGORITHM:
        raise UnauthenticatedCallback("other_algorithm", f"the token is not signed with {ALGORITHM}")
    if "crit" in header or header.get("b64", True) is not True:
        raise UnauthenticatedCallback("malformed_token", "the token asks for an extension nobody here knows")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
        raise UnauthenticatedCallback("no_key_id", "the token does not name its key")
    return kid


def verify(token: bytes, key: RSAPublicKey) -> dict[str, object]:
    """Return the claims of a token that `key` has signed.

    Raises:
        UnauthenticatedCallback: the signature does not match, or the payload is no JSON object.
    """
    try:
        payload = _jws.decode_complete(token, key, algorithms=[ALGORITHM])["payload"]
    except (jwt.PyJWTError, ValueError):
        raise UnauthenticatedCallback("bad_signature", "the token's signature does not match") from None
    try:
        claims: object = json.loads(payload)
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise UnauthenticatedCallback("malformed_claims", "the token's payload is no JSON object")
    return claims
