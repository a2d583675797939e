"""What goes wrong with requests on purpose: before their effect, after it, and with the answer."""

import random

from aiohttp import web

from callbot.clock import Clock, sleep
from callbot.emulator.api.limits import too_many_requests
from callbot.emulator.errors import ApiError
from callbot.emulator.faults.plan import Fate, FaultPlan
from callbot.emulator.settings.faults import Fault

_FAILURES = (
    (500, "UnknownError", "Unexpected exception returned from the service."),
    (503, "ServiceUnavailable", "The service is temporarily unavailable."),
    (504, "GatewayTimeout", "The gateway did not receive a timely response."),
)


class ConnectionLost(Exception):
    """The request gets no answer; its connection is closed."""


class Disturbance:
    """Lets the fate of one request happen."""

    def __init__(self, fate: Fate, plan: FaultPlan, clock: Clock) -> None:
        self.fate = fate
        self._settings = plan.settings
        self._clock = clock

    async def before(self) -> None:
        """Raise what happens instead of the request's effect."""
        if Fault.REFUSE in self.fate:
            raise ConnectionLost
        if Fault.THROTTLE in self.fate:
            raise too_many_requests(self._wait())
        if Fault.FAIL_BEFORE in self.fate:
            raise self._failure()
        if Fault.HANG_BEFORE in self.fate:
            await self._hang()

    def after(self) -> None:
        """Raise what the sender sees although the request has had its effect."""
        if Fault.FAIL_AFTER in self.fate:
            raise self._failure()

    async def write(self, request: web.Request, response: web.Response) -> None:
        """Write the answer; raises `ConnectionLost` where it does not arrive whole."""
        if Fault.HANG_AFTER in self.fate:
            await self._hang()
        if Fault.CUT in self.fate:
            await self._write_half(request, response)
            raise ConnectionLost
        await response.prepare(request)
        await response.write_eof()

    async def _write_half(self, request: web.Request, response: web.Response) -> None:
        content = response.body if isinstance(response.body, bytes) else b""
        half = web.StreamResponse(status=response.status, headers=response.headers)
        half.content_length = max(len(content), 2)
        await half.prepare(request)
        await half.write(content[: len(content) // 2])

    async def _hang(self) -> None:
        await sleep(self._clock, self._settings.hang)
        raise ConnectionLost

    def _failure(self) -> ApiError:
        dice: random.Random = self.fate.dice
        status, code, message = dice.choice(_FAILURES)
        says_when = status == 503 and dice.random() < 0.5  # noqa: PLR2004 - one in two
        headers = too_many_requests(self._wait()).headers if says_when else {}
        return ApiError(status, code, message, headers)

    def _wait(self) -> float:
        return self.fate.dice.uniform(0, self._settings.retry_after)


def drop_connection(request: web.Request) -> web.Response:
    """Close the connection of a request without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
