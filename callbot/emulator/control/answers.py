"""What all routes of the control API have in common: reading a body, answering a mistake in words."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from callbot.emulator.wire import JsonObject

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def body_of(request: web.Request) -> JsonObject:
    """Return the JSON object in a request; no body is an empty one."""
    content = await request.read()
    value = json.loads(content) if content.strip() else {}
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object")
    return value


def text_of(body: JsonObject, key: str) -> str:
    """Return a string that has to be there."""
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"the body needs {key!r}: a string")
    return value


def optional_text(body: JsonObject, key: str) -> str | None:
    """Return a string, or None when it is absent."""
    return None if body.get(key) is None else text_of(body, key)


def guarded(handler: Handler) -> Handler:
    """Return `handler` with an answer in words for what a developer can get wrong."""

    async def answering(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except KeyError as error:
            return web.json_response({"error": f"there is no {error.args[0]}"}, status=404)
        except (ValidationError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return answering
