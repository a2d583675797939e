"""Placing the calls of a bot."""

from collections.abc import Awaitable, Callable, Mapping

from pydantic import BaseModel

from callbot.bot import Call, Desk
from callbot.bot.models import written
from callbot.errors import GraphError
from callbot.log import about, cause
from callbot.media import PromptLibrary
from callbot.model import TeleconferenceDeviceQuality, call_key
from callbot.settings import Settings
from callbot.state import Created, Record

_VERB = "create_call"


class Placing:
    """Places calls and makes them known here.

    `handle` gives the live call of a record, `ready` returns once this process looks after calls.
    """

    def __init__(
        self, desk: Desk, handle: Callable[[Record], Call], *, ready: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk = desk
        self._handle = handle
        self._ready = ready

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
        """
        await self._ready()
        app_id, tenant = self._desk.settings.app_id, _tenant_of(body)
        with about((None, tenant, app_id, scenario_id, None, body, cause())):
            return await self._place(body, tenant, scenario_id, data, beta=beta)

    async def _place(
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
