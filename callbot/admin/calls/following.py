"""A line of JSON for everything that happens, as long as somebody reads."""

import json
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import ClientConnectionResetError, web

from callbot.admin.calls.showing import Json, row, shown
from callbot.admin.timeline import Feed, Follower, Happened
from callbot.admin.watched import WatchedBot
from callbot.clock import Clock, sleep, timeout
from callbot.log import get_logger

_log = get_logger(__name__)

QUIET = 15.0
"""Seconds without anything after which an empty line says that the service is still there."""

_AT_A_TIME = 20  # lines, about two milliseconds in which the bot does nothing else


async def send_what_happens(
    request: web.Request,
    bots: Sequence[WatchedBot],
    feed: Feed,
    clock: Clock,
    *,
    only: str | None,
    people: bool,
) -> web.StreamResponse:
    """Answer with a line for everything that happens from now on, in the call `only` or in all.

    It ends when the client goes, when it does not keep up, or when the service stops.
    """
    response = web.StreamResponse(
        headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
    )
    follower = feed.follow(lambda: _cut_off(request), only)
    try:
        await response.prepare(request)
        await response.write(b"\n")  # the client knows that from here on it misses nothing
        with suppress(ClientConnectionResetError):
            await _send(response, bots, follower, clock, people=people)
    finally:
        feed.leave(follower)
    return response


async def _send(
    response: web.StreamResponse,
    bots: Sequence[WatchedBot],
    follower: Follower,
    clock: Clock,
    *,
    people: bool,
) -> None:
    while True:
        try:
            async with timeout(clock, QUIET):
                some = await follower.read(_AT_A_TIME)
        except TimeoutError:
            await response.write(b"\n")
            continue
        if not some:
            return
        lines = [line for one in some if (line := _line(bots, one, people=people)) is not None]
        if lines:
            written = (json.dumps(line, separators=(",", ":")) for line in lines)
            await response.write("\n".join((*written, "")).encode())
        await sleep(clock, 0.0)  # many may be waiting


def _line(bots: Sequence[WatchedBot], happened: Happened, *, people: bool) -> Json | None:
    bot = next((one for one in bots if one.app_id == happened.app_id), None)
    record = None if bot is None else bot.registry.get(happened.key)
    if bot is None or record is None:
        return None
    return {"call": row(bot, record, people=people), "entry": shown(happened.entry)}


def _cut_off(request: web.Request) -> None:
    """End the connection of a client that does not read: it may be in the middle of a line."""
    _log.info("a follower did not keep up and was left behind")
    if request.transport is not None:
        request.transport.abort()
