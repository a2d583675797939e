"""Following the calls of a service, also across its restarts."""

import asyncio
import sys
from collections.abc import Mapping

from callbot.cli.calls.client import AdminClient, Unreachable
from callbot.cli.calls.listing import read_calls
from callbot.cli.calls.live import Lines, Screen, View
from callbot.cli.calls.place import Json, Place
from callbot.clock import SystemClock, sleep

_CLOCK = SystemClock()
_AGAIN = 1.0  # seconds between attempts to reach a service that has gone
_TICK = 0.25  # seconds between looks whether there is something new to draw


async def follow_calls(place: Place, query: Mapping[str, str], limit: int, *, as_json: bool) -> None:
    """Show what happens until interrupted. A service that stops is waited for."""
    view: View = Lines(query, as_json=as_json)
    if sys.stdout.isatty() and not as_json:
        view = Screen(query, limit, place.url)
    ticking = asyncio.create_task(_tick(view))
    reached = False
    try:
        while True:
            try:
                async with AdminClient(place) as admin:
                    async for line in admin.lines("/calls/events", **_people(query)):
                        if line is None and not reached:  # from here on nothing is missed: now the list
                            view.begin(*await read_calls(admin, query, limit))
                            reached = True
                        elif line is not None:
                            view.happened(line["call"], line["entry"], shown=_matches(line["call"], query))
            except Unreachable:
                if not view.began:
                    raise
            reached = False
            view.lost()
            await sleep(_CLOCK, _AGAIN)
    finally:
        ticking.cancel()
        view.end()


async def _tick(view: View) -> None:
    while True:
        view.tick()
        await sleep(_CLOCK, _TICK)


def _people(query: Mapping[str, str]) -> dict[str, str]:
    return {"people": query["people"]} if "people" in query else {}


def _matches(call: Json, query: Mapping[str, str]) -> bool:
    """Whether a call is one of those that are asked for. Those that end are shown as they do."""
    tenant, state = query.get("tenant"), query.get("state")
    if tenant is not None and str(call["tenant"]).lower() != tenant.lower():
        return False
    return state is None or str(call["state"]).lower() == state.lower()
