"""Placing the calls of a bot."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from pydantic import BaseModel

from callbot.bot import Call, Desk
from callbot.bot.models import written
from callbot.clock import timeout
from callbot.errors import BotStopped, CallbotError, GraphError
from callbot.log import about, cause, get_logger
from callbot.media import PromptLibrary
from callbot.model import TeleconferenceDeviceQuality, call_key
from callbot.settings import Settings
from callbot.state import Created, Record

_VERB = "create_call"
_HANG_UP_WITHIN = 5.0  # seconds, for a call nobody wants any more

_log = get_logger(__name__)


class Placing:
    """Places calls and makes them known here.

    `handle` gives the live call of a record, `ready` returns once this process looks after calls, and
    raises when it never will.
    """

    def __init__(
        self, desk: Desk, handle: Callable[[Record], Call], *, ready: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk = desk
        self._handle = handle
        self._ready = ready
        self._unwanted: set[asyncio.Task[None]] = set()

    @property
    def settings(self) -> Settings:
        """The bot's settings."""
        return self._desk.settings

    @property
    def prompts(self) -> PromptLibrary:
        """The prompts that can be played."""
        return self._desk.prompts

    async def place(
        self,
        body: Mapping[str, object],
        *,
        scenario_id: str | None = None,
        data: BaseModel | None = None,
        beta: bool = False,
    ) -> Call:
        """Create the call that `body` describes, and return it as soon as Graph has created it.

        Its callbacks may come before Graph's answer: the registry takes either first. `data` is what the bot
        itself keeps of it from the beginning.

        A create that was sent cannot be taken back. When who asked for it is cancelled before the answer,
        the call is hung up as soon as there is one; its handlers are told of it as of any other.

        Raises `BotStopped` when this process does not look after calls any more.
        """
        await self._ready()
        app_id, tenant = self._desk.settings.app_id, _tenant_of(body)
        with about((None, tenant, app_id, scenario_id, None, body, cause())):
            creating = asyncio.create_task(self._create(body, tenant, scenario_id, data, beta=beta))
        try:
            await asyncio.wait({creating})
        except asyncio.CancelledError:
            unwanted = asyncio.create_task(self._undo(creating))
            self._unwanted.add(unwanted)
            unwanted.add_done_callback(self._unwanted.discard)
            raise
        if creating.cancelled():  # not by who asked for it: nothing is folded here any more
            raise BotStopped
        return creating.result()

    async def settle(self) -> None:
        """Return when every call that nobody wants any more is hung up; within a time."""
        if not self._unwanted:
            return
        try:
            async with timeout(self._desk.clock, self.settings.request_timeout + _HANG_UP_WITHIN):
                await asyncio.gather(*self._unwanted)
        except TimeoutError:
            _log.warning("calls that were given up while they were placed may live on")

    async def _undo(self, creating: asyncio.Task[Call]) -> None:
        await asyncio.wait({creating})
        if creating.cancelled() or creating.exception() is not None:
            return  # there is no call, as far as anybody can tell
        try:
            async with timeout(self._desk.clock, _HANG_UP_WITHIN):
                await creating.result().hang_up()
        except (CallbotError, TimeoutError) as error:
            _log.warning("call that was given up could not be hung up", error=type(error).__name__)

    async def _create(
        self,
        body: Mapping[str, object],
        tenant: str | None,
        scenario_id: str | None,
        data: BaseModel | None,
        *,
        beta: bool,
    ) -> Call:
        desk = self._desk
        graph = desk.graph.beta if beta else desk.graph
        resource = await graph.create_call(body, tenant=tenant, scenario_id=scenario_id)
        if not resource.id:
            raise GraphError("Graph created a call but did not give its id", verb=_VERB)
        key, now = call_key(resource.id), desk.clock.time()
        kept = None if data is None else written(data)
        created = Created(
            now, desk.settings.app_id, tenant, resource.id, resource.to_wire(), kept, scenario_id
        )
        await desk.observe(key, created)
        record = desk.record(key)
        if record is None:
            raise GraphError("the call was created and is forgotten already", verb=_VERB)
        return self._handle(record)

    async def log_device_quality(
        self, quality: TeleconferenceDeviceQuality, *, tenant: str | None = None
    ) -> None:
        """Report what a meeting-room device measured."""
        await self._desk.graph.log_device_quality(quality, tenant=tenant)


def _tenant_of(body: Mapping[str, object]) -> str | None:
    tenant = body.get("tenantId")
    return tenant if isinstance(tenant, str) else None
