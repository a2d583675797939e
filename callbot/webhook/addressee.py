"""For which of several bots behind one address a callback is, before anybody has checked that."""

import jwt

from callbot.errors import UnauthenticatedCallback
from callbot.webhook.auth.jose import bearer_token


def addressee(authorization: str | None) -> str | None:
    """Return the app id that the token of an `Authorization` header names, in lower case; None for none.

    It is no more than a label on the envelope: the bot it names checks the token, `aud` included.
    """
    try:
        claims = jwt.decode(bearer_token(authorization), options={"verify_signature": False})
    except (UnauthenticatedCallback, jwt.PyJWTError, ValueError, RecursionError):
        return None
    audience = claims.get("aud")
    return audience.lower() if isinstance(audience, str) else None
