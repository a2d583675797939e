"""Serve a bot's prompts to the platform, which fetches them without credentials.

The name of a prompt is the hash of its content and is looked up among those the library has given out: no
part of a request is ever a path. The content is sent from memory, since a file could change between its
check and its transfer.
"""

import asyncio
from typing import Protocol

from aiohttp import ETag, hdrs, web

PROMPTS_PATH = "/prompts"
"""Where an application serves prompts."""

_CHUNK = 64 * 1024  # a slow reader costs this much memory, not a whole prompt
_FOREVER = "public, max-age=31536000, immutable"


class Prompts(Protocol):
    """Where prompts are: a `PromptLibrary`, or several."""

    def content(self, name: str) -> bytes | None:
        """Return the prompt that was given out under a name, None for none."""
        ...


def prompt_routes(library: Prompts) -> list[web.RouteDef]:
    """Return the routes that serve what `library` has given out, for `app.add_routes`.

    `GET` and `HEAD`, with ranges, `If-Match` and `If-None-Match`; 404 for every name that was not given out.
    """

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        content = await asyncio.to_thread(library.content, name)
        if content is None:
            # another replica may know it, or this one a moment later
            return web.Response(status=404, text="no such prompt\n", headers={hdrs.CACHE_CONTROL: "no-store"})
        return await _send(request, name, content)

    return [web.get(PROMPTS_PATH + r"/{name:[0-9a-f-]{36}}.wav", serve)]


async def _send(request: web.Request, name: str, content: bytes) -> web.StreamResponse:
    """Answer with the content, the part of it that was asked for, or the news that nothing changed."""
    response = web.StreamResponse()
    response.etag = name
    response.headers[hdrs.CACHE_CONTROL] = _FOREVER
    response.headers[hdrs.ACCEPT_RANGES] = "bytes"
    if not _matches(request.if_match, name, absent=True):
        return web.Response(status=412)
    if _matches(request.if_none_match, name, absent=False):
        response.set_status(304)
        await response.prepare(request)
        return response
    asked = _asked_part(request, name)
    part = range(len(content))[asked or slice(None)]
    if not part:
        return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{len(content)}"})
    if asked is not None:
        response.set_status(206)
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {part[0]}-{part[-1]}/{len(content)}"
    response.content_type = "audio/wav"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = len(part)
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        view = memoryview(content)[part.start : part.stop]
        for start in range(0, len(view), _CHUNK):
            await response.write(view[start : start + _CHUNK])
    return response


def _matches(asked: tuple[ETag, ...] | None, name: str, *, absent: bool) -> bool:
    """Whether one of the tags that were asked for is the content's; `absent` when none were."""
    return absent if asked is None else any(tag.value in {"*", name} for tag in asked)


def _asked_part(request: web.Request, name: str) -> slice | None:
    """Return the bytes that were asked for; None for all of them.

    All, too, where the range is of a kind that need not be served (several at once, another unit, meant for
    other content): RFC 9110, section 14.2.
    """
    if request.method != hdrs.METH_GET or hdrs.RANGE not in request.headers:
        return None
    if request.headers.get(hdrs.IF_RANGE, f'"{name}"') != f'"{name}"':
        return None
    try:
        return request.http_range
    except ValueError:
        return None
