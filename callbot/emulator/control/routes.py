"""The routes under `/control`: people, calls, the log. No token is asked for: it is for this machine.

`docs/emulator.md` shows each with a command.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web
from pydantic import ValidationError

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.document import call_document
from callbot.emulator.handle import EmulatedCall
from callbot.emulator.journal import entry_kinds
from callbot.emulator.people import KEYS, Behaviour, Person
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject, redacted

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class World(Protocol):
    """What the control API needs of the emulator."""

    def person(self, who: str) -> Person:
        """Return a person by id, telephone number or display name; raises `KeyError`."""
        ...

    async def place_call(self, person: Person | str, app_id: str | None = None) -> EmulatedCall:
        """Let a person call a bot; raises `KeyError`."""
        ...


class ControlApi:
    """Serves `/control`."""

    def __init__(self, world: World, platform: Platform) -> None:
        self._world = world
        self._platform = platform

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount at the root of the server."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/control/people", self._people),
            ("POST", "/control/people", self._add_person),
            ("PATCH", "/control/people/{person}", self._change_behaviour),
            ("GET", "/control/calls", self._calls),
            ("POST", "/control/calls", self._place_call),
            ("GET", "/control/calls/{call}", self._call),
            ("POST", "/control/calls/{call}/{action}", self._act),
            ("GET", "/control/log", self._log),
            ("POST", "/control/reset", self._reset),
        ]
        return [web.route(method, path, _guarded(handler)) for method, path, handler in table]

    async def _people(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        everybody = [person.model_dump(mode="json") for person in self._platform.directory]
        return web.json_response({"people": everybody})

    async def _add_person(self, request: web.Request) -> web.Response:
        person = Person.model_validate(await _json(request))
        if not person.tenant_id:
            person.tenant_id = self._platform.settings.apps[0].tenant_id
        self._platform.directory.add(person)
        return web.json_response(person.model_dump(mode="json"), status=201)

    async def _change_behaviour(self, request: web.Request) -> web.Response:
        person = self._world.person(request.match_info["person"])
        changes = await _json(request)
        person.behaviour = Behaviour.model_validate({**person.behaviour.model_dump(), **changes})
        return web.json_response(person.model_dump(mode="json"))

    async def _calls(self, request: web.Request) -> web.Response:
        calls = self._platform.calls
        chosen = calls.live() if request.query.get("live") == "true" else calls.every()
        return web.json_response({"calls": [_summary(call) for call in chosen]})

    async def _place_call(self, request: web.Request) -> web.Response:
        body = await _json(request)
        app_id = body.get("app_id")
        call = await self._world.place_call(str(body["person"]), str(app_id) if app_id else None)
        return web.json_response({"id": call.id, "state": call.state}, status=201)

    async def _call(self, request: web.Request) -> web.Response:
        call = self._find(request)
        detail = {**_summary(call), "heard": _heard(call), "resource": redacted(call_document(call))}
        return web.json_response(detail)

    async def _act(self, request: web.Request) -> web.Response:
        handle = EmulatedCall(self._platform, self._find(request))
        action = request.match_info["action"]
        if handle.over:
            return web.json_response({"error": "the call has ended"}, status=409)
        if action == "press":
            key = str((await _json(request))["key"]).upper()
            if key not in KEYS:
                raise ValueError(f"{key!r} is no key: use one of {''.join(KEYS)}")
            return web.json_response({"told": handle.press(key), "state": handle.state})
        actions = {"answer": handle.answer, "decline": handle.decline, "hang-up": handle.hang_up}
        if action not in actions:
            raise KeyError(action)
        actions[action]()
        return web.json_response({"state": handle.state})

    async def _log(self, request: web.Request) -> web.Response:
        wanted = request.query.get("call")
        call = self._platform.calls.find_any(wanted) if wanted else None
        call_id = call.id if call is not None else wanted
        kinds = entry_kinds()
        kind = kinds[request.query["kind"]] if "kind" in request.query else None
        after = int(request.query.get("after", "0"))
        entries = [
            entry.as_json()
            for entry in self._platform.journal
            if entry.seq > after
            and (call_id is None or entry.call == call_id)
            and (kind is None or isinstance(entry, kind))
        ]
        return web.json_response({"entries": entries})

    async def _reset(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        self._platform.reset()
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Call:
        call = self._platform.calls.find_any(request.match_info["call"])
        if call is None:
            raise KeyError(request.match_info["call"])
        return call


def _summary(call: Call) -> JsonObject:
    return {
        "id": call.id,
        "app_id": call.app.app_id,
        "tenant_id": call.tenant_id,
        "direction": str(call.direction),
        "state": str(call.state),
        "audio_active": call.audio_active,
        "tones_subscribed": call.tones_subscribed,
        "people": [party.person.display_name for party in call.conversation.people() if party.person],
        "transitions": [transition.as_json() for transition in call.transitions],
    }


def _heard(call: Call) -> list[JsonObject]:
    return [
        {
            "uri": heard.uri,
            "resource_id": heard.resource_id,
            "start": heard.start,
            "end": heard.end,
            "whole": heard.whole,
        }
        for heard in call.heard
    ]


async def _json(request: web.Request) -> JsonObject:
    content = await request.read()
    value = json.loads(content) if content.strip() else {}
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object")
    return value


def _guarded(handler: Handler) -> Handler:
    """Return `handler` with an answer in words for what a developer can get wrong."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except KeyError as error:
            return web.json_response({"error": f"there is no {error.args[0]}"}, status=404)
        except (ValidationError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return guarded
