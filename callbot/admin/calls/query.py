"""What a request to the admin API asks for: a checked value, or a `Refusal` that says what to write."""

import difflib

from aiohttp import web

from callbot.admin.answers import Refusal
from callbot.clock import Clock, timeout
from callbot.model import CallState
from callbot.state import Record

_USUAL_LIMIT = 50
_LARGEST_LIMIT = 500
_LARGEST_BODY = 64 * 1024
_BODY_TIMEOUT = 10.0


class Wanted:
    """Which calls a list is of: live ones, or with `ended=true` those that have ended and are remembered."""

    def __init__(self, request: web.Request) -> None:
        query = request.query
        self.app_id = query["app_id"].lower() if "app_id" in query else None
        self._tenant = query["tenant"].lower() if "tenant" in query else None
        self._state = _state(query["state"]) if "state" in query else None
        self._ended = flag(request, "ended") or self._state is CallState.TERMINATED

    def __call__(self, record: Record) -> bool:
        """Whether a call is one of them."""
        if record.ended is not self._ended or (self._state is not None and record.state is not self._state):
            return False
        return self._tenant is None or (record.tenant_id or "").lower() == self._tenant


def check_query(request: web.Request, *known: str) -> None:
    """Refuse a parameter that is not known, which is a mistake in its name."""
    for key in request.query:
        if key not in known:
            raise Refusal(400, "BadRequest", f"unknown parameter {key[:40]}: there are {', '.join(known)}")


def flag(request: web.Request, key: str) -> bool:
    """Return a parameter that is true or false; false when it is not given."""
    value = request.query.get(key, "false").lower()
    if value not in {"true", "false"}:
        raise Refusal(400, "BadRequest", f"{key} is true or false")
    return value == "true"


def limit(request: web.Request) -> int:
    """Return how many calls a page may have."""
    given = request.query.get("limit", str(_USUAL_LIMIT))
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:9]) <= _LARGEST_LIMIT:
        raise Refusal(400, "BadRequest", f"limit is a number from 1 to {_LARGEST_LIMIT}")
    return int(given)


async def read_body(request: web.Request, clock: Clock) -> bytes:
    """Return the body of a request, as it came."""
    if request.content_type != "application/json":
        raise Refusal(415, "BadRequest", "the body is JSON, with Content-Type: application/json")
    body = bytearray()
    try:
        async with timeout(clock, _BODY_TIMEOUT):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _LARGEST_BODY:
                    raise Refusal(413, "BadRequest", f"the body has more than {_LARGEST_BODY} bytes")
    except TimeoutError:
        raise Refusal(408, "BadRequest", f"the body did not arrive within {_BODY_TIMEOUT:g} s") from None
    return bytes(body)


def _state(given: str) -> CallState:
    known = {state.value.lower(): state for state in CallState}
    if given.lower() not in known:
        near = difflib.get_close_matches(given.lower(), known, n=1)
        meant = f"did you mean {known[near[0]].value}? " if near else ""
        raise Refusal(
            400, "BadRequest", f"{meant}state is one of {', '.join(state.value for state in CallState)}"
        )
    return known[given.lower()]
