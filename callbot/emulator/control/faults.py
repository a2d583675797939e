"""The control API's routes about faults: rates, single faults, silence, keys, darkness."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from callbot.emulator.control.answers import Handler, body_of, optional_text, text_of
from callbot.emulator.handles.world import World
from callbot.emulator.settings.faults import FaultSettings
from callbot.emulator.wire import JsonObject


class Breakable(Protocol):
    """What the world cannot do by itself."""

    async def go_dark(self, seconds: float) -> None:
        """Refuse all connections for so long."""
        ...


class FaultRoutes:
    """Faults: look, change, ask for one."""

    def __init__(self, world: World, listener: Breakable) -> None:
        self._world = world
        self._listener = listener

    def table(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each route."""
        return [
            ("GET", "/control/faults", self._show),
            ("PATCH", "/control/faults", self._change),
            ("POST", "/control/faults/inject", self._inject),
            ("POST", "/control/faults/silence", self._silence),
            ("POST", "/control/faults/rotate-keys", self._rotate_keys),
            ("POST", "/control/faults/go-dark", self._go_dark),
        ]

    async def _show(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        return web.json_response(self._world.faults.settings.model_dump(mode="json"))

    async def _change(self, request: web.Request) -> web.Response:
        changes = await body_of(request)
        current = self._world.faults.settings.model_dump()
        rates = changes.get("rates")
        if isinstance(rates, Mapping):
            changes = {**changes, "rates": {**current["rates"], **rates}}
        self._world.faults.configure(FaultSettings.model_validate({**current, **changes}))
        return await self._show(request)

    async def _inject(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        wanted = optional_text(body, "call")
        call = self._world.platform.calls.find_any(wanted) if wanted else None
        if wanted and call is None:
            raise KeyError(wanted)
        self._world.faults.inject(
            text_of(body, "fault"),
            call=call.id if call is not None else None,
            where=optional_text(body, "where") or "",
            times=int(_number(body, "times", 1)),
        )
        return web.Response(status=204)

    async def _silence(self, request: web.Request) -> web.Response:
        self._world.faults.silence(_number(await body_of(request), "seconds", None))
        return web.Response(status=204)

    async def _rotate_keys(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a route handler
        await self._world.rotate_keys()
        return web.json_response({"kid": self._world.platform.callback_keys.current.kid})

    async def _go_dark(self, request: web.Request) -> web.Response:
        seconds = _number(await body_of(request), "seconds", None)
        # the answer to this request goes first
        self._world.platform.spawn(self._listener.go_dark(seconds))
        return web.Response(status=202)


def _number(body: JsonObject, key: str, default: float | None) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"the body needs {key!r}: a number above 0")
    return float(value)
