"""Serves recordings: each to whoever has its own token, in chunks, for a short while."""

from aiohttp import web

from callbot.emulator.journal import RequestEntry
from callbot.emulator.media.recordings import opens
from callbot.emulator.platform import Platform

CHUNK_BYTES = 16 * 1024


def recording_routes(platform: Platform) -> list[web.RouteDef]:
    """Return the route of recordings."""

    async def download(request: web.Request) -> web.StreamResponse:
        recording = platform.recordings.find(request.match_info["recording"])
        if recording is None:
            response: web.StreamResponse = web.Response(status=404)
        elif not opens(recording, request.headers.get("Authorization")):
            response = web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        else:
            response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
            response.enable_chunked_encoding()
            await response.prepare(request)
            for start in range(0, len(recording.content), CHUNK_BYTES):
                await response.write(recording.content[start : start + CHUNK_BYTES])
            await response.write_eof()
        platform.journal.add(RequestEntry, method=request.method, path=request.path, status=response.status)
        return response

    return [web.get("/recordings/{recording}", download)]
