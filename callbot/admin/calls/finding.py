"""Finding calls: a page of them, newest first, or the one with an id.

There may be a hundred thousand. So a page keeps no more of them than it shows, and both look at some at a
time and let the bot work in between.
"""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Callable, Sequence
from math import inf
from operator import itemgetter
from typing import NamedTuple

from callbot.admin.answers import Refusal, unknown_call
from callbot.admin.watched import WatchedBot
from callbot.clock import sleep
from callbot.model import call_key
from callbot.state import Record

_AT_A_TIME = 2_000
_SHORTEST_PREFIX = 4

Place = tuple[float, str]
"""Where a call stands in the order of a list: when it was first seen, and its key."""

_LAST: Place = (inf, "")


class Found(NamedTuple):
    """A call, and the bot whose it is."""

    bot: WatchedBot
    record: Record


class Page(NamedTuple):
    """Some calls, the newest first; `after` is the cursor of the next page, `matching` how many there are."""

    calls: Sequence[Found]
    after: str | None
    matching: int


async def page(
    bots: Sequence[WatchedBot], wanted: Callable[[Record], bool], *, limit: int, after: str | None
) -> Page:
    """Return the newest calls that are wanted, from the cursor `after` on."""
    last = _LAST if after is None else _place(after)
    newest: list[tuple[Place, int, Record]] = []  # one more than is shown
    matching = 0
    async for number, some in _some_at_a_time(bots):
        places = [((one.first_seen_at, one.key), number, one) for one in some if wanted(one)]
        matching += len(places)
        older = (one for one in places if one[0] < last)
        newest = sorted((*newest, *older), key=itemgetter(0), reverse=True)[: limit + 1]
    shown = [Found(bots[number], record) for _, number, record in newest[:limit]]
    cursor = _cursor(newest[limit - 1][0]) if len(newest) > limit else None
    return Page(shown, cursor, matching)


async def find(bots: Sequence[WatchedBot], call_id: str) -> Found:
    """Return the call with this id, or the one whose id begins so. Raises `Refusal`."""
    exact = find_exactly(bots, call_id)
    if exact is not None:
        return exact
    begin = call_key(call_id)
    if len(begin) < _SHORTEST_PREFIX:
        raise Refusal(
            400, "BadRequest", f"{call_id} is too little of an id: four characters or more, or the whole id"
        )
    found: list[Found] = []
    async for number, some in _some_at_a_time(bots):
        found += [Found(bots[number], record) for record in some if record.key.startswith(begin)]
        if len(found) > 1:
            raise Refusal(409, "AmbiguousId", f"several calls have an id that begins with {call_id}")
    if not found:
        raise unknown_call(call_id)
    return found[0]


def find_exactly(bots: Sequence[WatchedBot], call_id: str) -> Found | None:
    """Return the call with this id."""
    key = call_key(call_id)
    found = ((bot, bot.registry.get(key)) for bot in bots)
    return next((Found(bot, record) for bot, record in found if record is not None), None)


async def _some_at_a_time(bots: Sequence[WatchedBot]) -> AsyncIterator[tuple[int, Sequence[Record]]]:
    """Yield some calls at a time, with the number of their bot; the newest come first as a rule."""
    for number, bot in enumerate(bots):
        known = bot.registry.known()
        for end in range(len(known), 0, -_AT_A_TIME):
            yield number, known[max(end - _AT_A_TIME, 0) : end][::-1]
            await sleep(bot.runtime.clock, 0.0)


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str) -> Place:
    try:
        at, key = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError, TypeError):
        at, key = None, None
    if not isinstance(at, float | int) or not isinstance(key, str):
        raise Refusal(400, "BadRequest", "after must be the `next` of another page")
    return float(at), key
