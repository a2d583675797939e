"""The routes under `/control`: people, meetings, calls, the log. They ask for no token: keep them local.

`docs/emulator.md` shows each with a command.
"""

from aiohttp import web

from callbot.emulator.control.answers import Handler, guarded
from callbot.emulator.control.calls import CallRoutes
from callbot.emulator.control.faults import Breakable, FaultRoutes
from callbot.emulator.control.tenant import TenantRoutes
from callbot.emulator.handles.world import World
from callbot.emulator.journal import entry_kinds
from callbot.emulator.platform import Platform


def control_routes(world: World, listener: Breakable) -> list[web.RouteDef]:
    """Return the routes to mount at the root of the server."""
    platform = world.platform
    table = [
        *CallRoutes(world).table(),
        *TenantRoutes(platform).table(),
        *FaultRoutes(world, listener).table(),
        *_LogRoutes(platform).table(),
    ]
    return [web.route(method, path, guarded(handler)) for method, path, handler in table]


class _LogRoutes:
    """The log, the transitions of all calls, and starting over."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def table(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/control/log", self._log),
            ("GET", "/control/transitions", self._transitions),
            ("POST", "/control/reset", self._reset),
        ]

    async def _log(self, request: web.Request) -> web.Response:
        wanted = request.query.get("call")
        call = self._platform.calls.find_any(wanted) if wanted else None
        call_id = call.id if call is not None else wanted
        kind = entry_kinds()[request.query["kind"]] if "kind" in request.query else None
        after = int(request.query.get("after", "0"))
        entries = [
            entry.as_json()
            for entry in self._platform.journal
            if entry.seq > after
            and (call_id is None or entry.call == call_id)
            and (kind is None or isinstance(entry, kind))
        ]
        return web.json_response({"entries": entries})

    async def _transitions(self, request: web.Request) -> web.Response:
        """Show every change of state of every call there was; the log forgets, this does not."""
        after = int(request.query.get("after", "0"))
        changes = [
            transition.as_json()
            for call in self._platform.calls.every()
            for transition in call.transitions
            if transition.seq > after
        ]
        return web.json_response({"transitions": changes})

    async def _reset(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        self._platform.reset()
        return web.Response(status=204)
