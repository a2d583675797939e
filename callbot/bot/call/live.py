"""The live call without its verbs: what is known of it, and waiting for it to change."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import inf

from callbot.bot.desk import Desk
from callbot.bot.line import Line
from callbot.bot.line.tones import Tones
from callbot.errors import WaitTimeout
from callbot.log import CONTEXT, Context
from callbot.model import (
    CallDirection,
    CallResource,
    CallState,
    MediaState,
    Participant,
    ParticipantInfo,
)
from callbot.state import Change, MediaChange, Record, Transition

_AUDIO_FOLLOWS = 3.0  # seconds after `established` within which audio usually flows


class LiveCall:
    """A call as callbot knows it now. Where it can be waited, `limit` is how long at most, in seconds."""

    def __init__(self, record: Record, desk: Desk) -> None:
        self._line = Line(record, desk)
        self._tones = Tones(self._line)

    @property
    def id(self) -> str:
        """The id of the call, verbatim as Graph writes it."""
        return self._line.id

    @property
    def state(self) -> CallState | None:
        """The state of the call; None while callbot only knows that it exists."""
        return self._line.record.state

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._line.record.ended

    @property
    def resource(self) -> CallResource:
        """The call resource with everything Graph has said about it."""
        return CallResource.view(self._line.record.resource)

    @property
    def tenant_id(self) -> str | None:
        """The tenant the call belongs to."""
        return self._line.tenant

    @property
    def direction(self) -> CallDirection | None:
        """Whether somebody called the bot, or the bot called."""
        return self.resource.direction

    @property
    def source(self) -> ParticipantInfo | None:
        """Who called."""
        return self.resource.source

    @property
    def roster(self) -> Sequence[Participant]:
        """Who is in the call, as far as is known; plain one-to-one calls have no roster.

        Notifications keep it right; `await call.participants.list()` reads it anew.
        """
        return [Participant.view(one) for one in self._line.record.roster.values()]

    def __repr__(self) -> str:
        return f"<Call {self.id} {self.state}>"

    # -- reading -------------------------------------------------------------------------------------

    async def refresh(self) -> None:
        """Read the call from Graph now; returns when what was read is known here.

        Raises the `GraphError` of the read, `BotStopped` when the bot stops before.
        """
        await self._line.desk.refresh(self._line.key)

    async def read(self, *, select: Iterable[str] = (), expand: Iterable[str] = ()) -> CallResource:
        """Return what Graph says about the call, or only the properties that `select` names.

        `expand` includes `participants`, `operations`, `audioRoutingGroups` or `contentSharingSessions`.
        Changes nothing here: that is what `refresh` is for. https://learn.microsoft.com/graph/api/call-get
        """
        line = self._line
        return await line.ask(
            line.desk.graph.get_call(self.id, tenant=line.tenant, select=select, expand=expand)
        )

    # -- waiting -------------------------------------------------------------------------------------

    async def until(self, state: CallState, *, limit: float = inf) -> None:
        """Wait until the call is in `state`.

        Raises `CallEnded` when it ends before, `WaitTimeout` when it is in another state after `limit`
        seconds, `BotStopped` when this process does not look after the call any more. Without a limit this
        waits as long as the call lasts.
        """
        if self.state is state:
            return
        self._line.raise_if_ended()
        with self._line.waiters.expect(Transition, lambda change: change.new is state) as waiter:
            await self._line.outcome(waiter, what=f"waiting for {state}", limit=limit)

    async def audio_ready(self, *, limit: float = inf) -> None:
        """Wait until audio flows: nothing that is played before can be heard.

        Raises `CallEnded` when the call ends before, `WaitTimeout` when none flows after `limit` seconds.
        """
        self._line.raise_if_ended()
        if self._line.record.audio is not MediaState.ACTIVE:
            with self._line.waiters.expect(MediaChange, lambda change: change.active) as waiter:
                await self._line.outcome(waiter, what="waiting for audio", limit=limit)

    # -- for the runtime -----------------------------------------------------------------------------

    def update(self, record: Record, changes: Iterable[Change]) -> None:
        """Take note of what the registry knows now, and wake who waited for it."""
        changes = list(changes)
        self._tones.put(changes)
        self._line.update(record, changes)

    def abandon(self) -> None:
        """Let nobody wait for a change of which nothing will be heard here."""
        self._line.waiters.abandon()

    def context_now(self) -> Context:
        """Return the context of log lines with the people who are in the call by now."""
        call_id, tenant, app_id, scenario_id, hook, people, why = CONTEXT.get()
        return (call_id, tenant, app_id, scenario_id, hook, (people, self._line.record), why)

    # -- for the verbs -------------------------------------------------------------------------------

    async def _audible(self) -> None:
        """Give audio the moment it needs after `established`; Graph may refuse to play before (code 8503).

        That it flows may never be notified, and no read says so: after the moment a verb is sent anyway.
        """
        line = self._line
        left = line.record.state_at + _AUDIO_FOLLOWS - line.desk.clock.time()
        if self.state is not CallState.ESTABLISHED or left <= 0 or line.desk.settings.callbacks == "off":
            return
        with suppress(WaitTimeout):
            await self.audio_ready(limit=left)
