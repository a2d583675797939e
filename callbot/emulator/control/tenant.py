"""The control API's routes about people and meetings."""

from aiohttp import web

from callbot.emulator.control.answers import Handler, body_of
from callbot.emulator.platform import Platform
from callbot.emulator.tenant.meetings import Meeting
from callbot.emulator.tenant.people import Behaviour, Person


class TenantRoutes:
    """People and meetings: list, add, change."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def table(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each route."""
        return [
            ("GET", "/control/people", self._people),
            ("POST", "/control/people", self._add_person),
            ("PATCH", "/control/people/{person}", self._change_behaviour),
            ("GET", "/control/meetings", self._meetings),
            ("POST", "/control/meetings", self._add_meeting),
        ]

    async def _people(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        everybody = [person.model_dump(mode="json") for person in self._platform.directory]
        return web.json_response({"people": everybody})

    async def _add_person(self, request: web.Request) -> web.Response:
        person = Person.model_validate(await body_of(request))
        if not person.tenant_id:
            person.tenant_id = self._platform.settings.home
        self._platform.directory.add(person)
        return web.json_response(person.model_dump(mode="json"), status=201)

    async def _change_behaviour(self, request: web.Request) -> web.Response:
        person = self._platform.directory.named(request.match_info["person"])
        changes = await body_of(request)
        person.behaviour = Behaviour.model_validate({**person.behaviour.model_dump(), **changes})
        return web.json_response(person.model_dump(mode="json"))

    async def _meetings(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        meetings = [meeting.model_dump(mode="json") for meeting in self._platform.calendar]
        return web.json_response({"meetings": meetings})

    async def _add_meeting(self, request: web.Request) -> web.Response:
        meeting = self._platform.calendar.add(Meeting.model_validate(await body_of(request)))
        return web.json_response(meeting.model_dump(mode="json"), status=201)
