"""The endpoints about calls."""

from collections.abc import Sequence

from aiohttp import web

from callbot.admin.answers import Refusal, unknown_call
from callbot.admin.calls import query
from callbot.admin.calls.finding import find, find_exactly, page
from callbot.admin.calls.following import send_what_happens
from callbot.admin.calls.placing import place, read_placement
from callbot.admin.calls.showing import Json, detail, row
from callbot.admin.timeline import Feed
from callbot.admin.watched import WatchedBot
from callbot.bot import Call
from callbot.clock import Clock
from callbot.errors import CallEnded
from callbot.log import get_logger
from callbot.model import CallState, call_key

_log = get_logger(__name__)


class CallsApi:
    """Answers what is asked about the calls of `bots`. With `tokens` admins may see ids of people."""

    def __init__(self, bots: Sequence[WatchedBot], feed: Feed, clock: Clock, *, tokens: bool) -> None:
        self._bots = bots
        self._feed = feed
        self._clock = clock
        self._tokens = tokens

    def routes(self) -> list[web.RouteDef]:
        """Return every endpoint."""
        return [
            web.get("/calls", self.list),
            web.post("/calls", self.place),
            web.get("/calls/events", self.follow, allow_head=False),
            web.get("/calls/{id}", self.show),
            web.post("/calls/{id}/hangup", self.hang_up),
        ]

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Return a page of calls, the newest first."""
        query.check_query(request, "state", "tenant", "app_id", "ended", "limit", "after", "people")
        people, wanted = self._people(request), query.Wanted(request)
        found = await page(
            [bot for bot in self._bots if wanted.app_id in {None, bot.app_id.lower()}],
            wanted,
            limit=query.limit(request),
            after=request.query.get("after"),
        )
        calls = [row(one.bot, one.record, people=people) for one in found.calls]
        bots = [_about(bot) for bot in self._bots]
        return web.json_response(
            {"calls": calls, "next": found.after, "matching": found.matching, "bots": bots}
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Return one call with its timeline; the beginning of its id is enough where no other begins so."""
        query.check_query(request, "people")
        people = self._people(request)
        found = await find(self._bots, request.match_info["id"])
        return web.json_response(detail(found.bot, found.record, people=people))

    async def hang_up(self, request: web.Request) -> web.StreamResponse:
        """End a call: 202 when Graph has taken it, 204 when the call is over already.

        One that nobody has answered yet is rejected.
        """
        query.check_query(request)
        call_id = request.match_info["id"]
        found = find_exactly(self._bots, call_id)
        call = found.bot.runtime.call(found.record.key) if found is not None else None
        if found is None or call is None:
            raise unknown_call(call_id)
        if call.ended:
            return web.Response(status=204)
        try:
            await (call.reject(wait=False) if call.state is CallState.INCOMING else call.hang_up(wait=False))
        except CallEnded:
            return web.Response(status=204)
        _audit("an admin hung up a call", found.bot, call)
        record = found.bot.registry.get(found.record.key) or found.record
        return web.json_response(row(found.bot, record, people=False), status=202)

    async def place(self, request: web.Request) -> web.StreamResponse:
        """Place a call or join a meeting: 201 with the call."""
        query.check_query(request)
        placement = read_placement(await query.read_body(request, self._clock))
        bot, call = await place(self._bots, placement)
        _audit("an admin placed a call", bot, call)
        record = bot.registry.get(call_key(call.id))
        if record is None:
            raise unknown_call(call.id)
        headers = {"Location": f"/calls/{call.id}"}
        return web.json_response(row(bot, record, people=False), status=201, headers=headers)

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Send a line of JSON for everything that happens in calls, or in one, until the client goes."""
        query.check_query(request, "call", "people")
        people, only = self._people(request), None
        if "call" in request.query:
            only = (await find(self._bots, request.query["call"])).record.key
        if self._feed.is_full:
            raise Refusal(503, "TooManyFollowers", "too many follow already: try again when one has left")
        return await send_what_happens(request, self._bots, self._feed, self._clock, only=only, people=people)

    def _people(self, request: web.Request) -> bool:
        """Whether ids and numbers of people are asked for. Raises `Refusal` where nobody may see them."""
        people = query.flag(request, "people")
        if people and not self._tokens:
            raise Refusal(403, "NeedsToken", "people are shown only where the admin API asks for a token")
        return people


def _audit(done: str, bot: WatchedBot, call: Call) -> None:
    """Log what Graph has done for an admin; what it refused is a line of the request."""
    _log.warning(done, call_id=call.id, tenant=call.tenant_id, app_id=bot.app_id)


def _about(bot: WatchedBot) -> Json:
    runtime = bot.runtime
    return {
        "app_id": bot.app_id,
        "accepting": runtime.accepting,
        "closed_because": runtime.closed_because,
        "looks_after_calls": runtime.ownership.held,
        "handlers": runtime.handlers,
    }
