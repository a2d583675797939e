"""The door of the emulated Graph: token, verb, answer, log; then the notifications may go out."""

from aiohttp import web

from callbot.clock import timeout
from callbot.emulator.api.checks.body import Body
from callbot.emulator.api.disturbance import ConnectionLost, Disturbance, drop_connection
from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.limits import Quotas
from callbot.emulator.api.routing import Router, Verb
from callbot.emulator.api.visit import Visit
from callbot.emulator.calls.call import Call
from callbot.emulator.errors import ApiError, call_not_found, tenant_mismatch
from callbot.emulator.platform import Platform
from callbot.emulator.settings.faults import Fault
from callbot.log import get_logger

_log = get_logger(__name__)
CREATED = 201
EARLY_SECONDS = 2.0


class Gate:
    """Takes HTTP requests in and hands them to the verbs."""

    def __init__(self, platform: Platform, router: Router) -> None:
        self._platform = platform
        self._router = router
        self._quotas = Quotas(platform.settings, platform.clock)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount at the root of the server."""
        return [
            web.route("*", "/{version:v1\\.0|beta}/{path:.*}", self._handle),
        ]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        visit = Visit(self._platform, request)
        content = await request.read()
        disturbance = self._disturbance(visit, request)
        try:
            reply = await self._answer(visit, request, content, disturbance)
            visit.log(reply, content, disturbance.fate.name)
            response = visit.response(reply)
            if reply.status == CREATED:
                await self._let_callback_go_first(visit)
            await self._write(disturbance, visit, request, response)
        except ConnectionLost:
            visit.log(None, content, disturbance.fate.name)
            return drop_connection(request)
        finally:
            visit.release()
        return response

    async def _write(
        self, disturbance: Disturbance, visit: Visit, request: web.Request, response: web.Response
    ) -> None:
        if Fault.HANG_AFTER in disturbance.fate:
            visit.release()  # the effect is there, and the bot is told of it, though not by an answer
        await disturbance.write(request, response)

    async def _answer(
        self, visit: Visit, request: web.Request, content: bytes, disturbance: Disturbance
    ) -> Reply:
        try:
            await disturbance.before()
            reply = await self._perform(visit, request, content, stale=Fault.STALE in disturbance.fate)
            disturbance.after()
        except ApiError as error:
            return visit.error(error)
        except ConnectionLost:
            raise
        except Exception:  # noqa: BLE001 - a mistake of ours is an answer, not a lost connection
            _log.exception("a verb of the emulator failed", path=request.path)
            return visit.error(
                ApiError(500, "UnknownError", "Unexpected exception returned from the service.")
            )
        return reply

    async def _perform(self, visit: Visit, request: web.Request, content: bytes, *, stale: bool) -> Reply:
        caller = self._platform.tokens.authenticate(request.headers.get("Authorization"))
        visit.app_id = caller.app.app_id
        version, path = request.match_info["version"], request.match_info["path"]
        verb, params = self._router.find(version, request.method, path)
        self._quotas.count_request(caller)
        exchange = Exchange(
            platform=self._platform,
            quotas=self._quotas,
            version=version,
            method=request.method,
            path=path,
            caller=caller,
            body=Body.parse(content),
            query={key.lower(): value for key, value in request.query.items()},
            headers=request.headers,
            params=params,
            stale=stale,
        )
        visit.exchange = exchange
        if "call" in params:
            self._find_call(exchange, verb, params["call"])
        return await verb.handler(exchange)

    def _find_call(self, exchange: Exchange, verb: Verb, call_id: str) -> None:
        call = self._platform.calls.find(call_id)
        if exchange.stale:
            last = self._platform.calls.find_any(call_id)
            exchange.stale = last is not None and self._changed_just_now(last)
            call = last if exchange.stale and verb.name == "get" else call
        if call is None or call.app.app_id != exchange.caller.app.app_id:
            raise call_not_found()
        if call.tenant_id.lower() != exchange.caller.tenant_id.lower():
            raise tenant_mismatch()
        exchange.found = call
        exchange.hold(call)

    def _changed_just_now(self, call: Call) -> bool:
        """Say whether a replica may not know yet of the last change of a call."""
        if not call.transitions:
            return False
        age = self._platform.clock.time() - call.transitions[-1].at
        return age <= self._platform.faults.settings.stale_for

    def _disturbance(self, visit: Visit, request: web.Request) -> Disturbance:
        """Ask what befalls a request, by its call and its last segment."""
        _, _, *rest = [*request.match_info["path"].strip("/").split("/"), "", ""]
        known = self._platform.calls.find_any(rest[0])
        verb = next((part for part in reversed(rest[1:]) if part), None)
        if verb is None:
            verb = {"POST": "create", "DELETE": "delete"}.get(request.method, "get")
        visit.call_id = known.id if known is not None else rest[0] or None
        fate = self._platform.faults.for_request(
            known.id if known is not None else None, f"{request.method} {verb}"
        )
        return Disturbance(fate, self._platform.faults, self._platform.clock)

    async def _let_callback_go_first(self, visit: Visit) -> None:
        """Let the first callback of a created call overtake the answer, where that is fated."""
        for call_id in visit.held:
            if self._platform.faults.happens(Fault.EARLY, call_id, "POST create"):
                visit.release()
                try:
                    async with timeout(self._platform.clock, EARLY_SECONDS):
                        await self._platform.outbox.idle_for(call_id)
                except TimeoutError:
                    continue
