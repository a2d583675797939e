"""The control API's routes about calls: place one, look at it, act in it."""

from collections.abc import Callable

from aiohttp import web

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.document import call_document
from callbot.emulator.control.answers import Handler, body_of, optional_text, text_of
from callbot.emulator.handles.call import EmulatedCall
from callbot.emulator.handles.world import World
from callbot.emulator.tenant.people import KEYS
from callbot.emulator.wire import JsonObject, redacted

Action = Callable[[EmulatedCall, JsonObject], object]


def _press(call: EmulatedCall, body: JsonObject) -> object:
    key = text_of(body, "key").upper()
    if key not in KEYS:
        raise ValueError(f"{key!r} is no key: use one of {''.join(KEYS)}")
    return {"told": call.press(key)}


def _person(body: JsonObject) -> str:
    return text_of(body, "person")


ACTIONS: dict[str, Action] = {
    "answer": lambda call, body: call.answer(optional_text(body, "person")),
    "decline": lambda call, body: call.decline(optional_text(body, "person")),
    "press": _press,
    "hang-up": lambda call, body: call.hang_up(optional_text(body, "person")),
    "hold": lambda call, _: call.hold(),
    "resume": lambda call, _: call.resume(),
    "lose-media": lambda call, _: call.lose_media(),
    "join": lambda call, body: call.group.join(_person(body)),
    "join-under-policy": lambda call, body: call.group.join_under_policy(_person(body)),
    "leave": lambda call, body: call.group.leave(_person(body)),
    "mute": lambda call, body: call.group.mute(optional_text(body, "person")),
    "unmute": lambda call, body: call.group.mute(optional_text(body, "person"), muted=False),
    "share-screen": lambda call, body: call.group.share_screen(_person(body)),
    "stop-screen": lambda call, body: call.group.share_screen(_person(body), shares=False),
    "share-content": lambda call, body: call.group.share_content(_person(body)),
    "stop-content": lambda call, body: call.group.share_content(_person(body), shares=False),
    "admit": lambda call, _: call.group.admit(),
    "deny": lambda call, _: call.group.deny(),
    "remove-bot": lambda call, _: call.group.remove_bot(),
    "end": lambda call, _: call.group.end(),
}


class CallRoutes:
    """Calls: list, place, look at, act in."""

    def __init__(self, world: World) -> None:
        self._world = world

    def table(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each route."""
        return [
            ("GET", "/control/calls", self._calls),
            ("POST", "/control/calls", self._place_call),
            ("POST", "/control/invitations", self._invite_bot),
            ("POST", "/control/recorded-calls", self._place_recorded_call),
            ("GET", "/control/calls/{call}", self._call),
            ("POST", "/control/calls/{call}/{action}", self._act),
        ]

    async def _calls(self, request: web.Request) -> web.Response:
        calls = self._world.platform.calls
        chosen = calls.live() if request.query.get("live") == "true" else calls.every()
        return web.json_response({"calls": [_summary(call) for call in chosen]})

    async def _place_call(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        call = await self._world.place_call(
            _person(body),
            optional_text(body, "app_id"),
            to_instance=body.get("to_instance") is True,
            forwarded_from=optional_text(body, "forwarded_from"),
            transferred_by=optional_text(body, "transferred_by"),
        )
        return web.json_response({"id": call.id, "state": call.state}, status=201)

    async def _invite_bot(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        call = await self._world.invite_bot(
            _person(body), optional_text(body, "meeting"), optional_text(body, "app_id")
        )
        return web.json_response({"id": call.id, "state": call.state}, status=201)

    async def _place_recorded_call(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        call = await self._world.place_recorded_call(
            text_of(body, "observed"), text_of(body, "other"), optional_text(body, "app_id")
        )
        return web.json_response({"id": call.id, "state": call.state}, status=201)

    async def _call(self, request: web.Request) -> web.Response:
        call = self._find(request)
        group = EmulatedCall(self._world.platform, call).group
        detail = {
            **_summary(call),
            "heard": [_heard(heard) for heard in EmulatedCall(self._world.platform, call).heard],
            "sent_tones": call.sent_tones,
            "roster": group.roster,
            "resource": redacted(call_document(call)),
        }
        return web.json_response(detail)

    async def _act(self, request: web.Request) -> web.Response:
        handle = EmulatedCall(self._world.platform, self._find(request))
        action = ACTIONS[request.match_info["action"]]
        if handle.over:
            return web.json_response({"error": "the call has ended"}, status=409)
        told = action(handle, await body_of(request))
        more = told if isinstance(told, dict) else {}
        return web.json_response({"state": handle.state, **more})

    def _find(self, request: web.Request) -> Call:
        call = self._world.platform.calls.find_any(request.match_info["call"])
        if call is None:
            raise KeyError(request.match_info["call"])
        return call


def _summary(call: Call) -> JsonObject:
    return {
        "id": call.id,
        "app_id": call.app.app_id,
        "tenant_id": call.tenant_id,
        "direction": str(call.direction),
        "kind": str(call.conversation.kind),
        "state": str(call.state),
        "audio_active": call.audio_active,
        "tones_subscribed": call.tones_subscribed,
        "people": [party.person.display_name for party in call.conversation.people() if party.person],
        "ringing": [pending.person.display_name for pending in call.pending],
        "transitions": [transition.as_json() for transition in call.transitions],
    }


def _heard(heard: object) -> JsonObject:
    names = ("uri", "resource_id", "start", "end", "whole")
    return {name: getattr(heard, name) for name in names}
