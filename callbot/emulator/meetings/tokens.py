"""The tokens of a tokenMeetingInfo: who has one may join the conversation again for a day."""

from collections.abc import Mapping

import jwt

from callbot.emulator.callbacks.sender import ISSUER
from callbot.emulator.calls.conversation import Conversation
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject, typed

_TENANT_CLAIM = "http://schemas.microsoft.com/identity/claims/tenantid"


def meeting_token(platform: Platform, conversation: Conversation, app_id: str, tenant_id: str) -> JsonObject:
    """Return a tokenMeetingInfo for a conversation."""
    now = int(platform.clock.time())
    claims = {
        "appId": app_id,
        "conversationController": f"{platform.root}/conversations/{conversation.id}",
        "activityId": conversation.chain_id,
        _TENANT_CLAIM: tenant_id,
        "nbf": now,
        "exp": now + int(platform.settings.timing.join_token),
        "iss": ISSUER,
        "aud": ISSUER,
    }
    token = platform.callback_keys.sign(claims)
    return typed("tokenMeetingInfo", {"token": token, "allowConversationWithoutHost": True})


def conversation_of(platform: Platform, token: str, app_id: str) -> Conversation | None:
    """Return the conversation a token opens for an app, or None when it opens nothing."""
    try:
        key = platform.callback_keys.find(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            return None
        claims: Mapping[str, object] = jwt.decode(
            token,
            key.public,
            algorithms=["RS256"],
            audience=ISSUER,
            options={"verify_exp": False, "verify_nbf": False},  # the emulator's clock decides below
        )
    except jwt.InvalidTokenError:
        return None
    expires = claims.get("exp")
    if claims.get("appId") != app_id or not isinstance(expires, int) or expires <= platform.clock.time():
        return None
    return platform.conversations.by_chain(str(claims.get("activityId")))
