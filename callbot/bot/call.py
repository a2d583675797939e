"""The live handle of a call: what a handler reads and does."""

import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from callbot.bot.desk import Desk
from callbot.bot.waiting import Waiters
from callbot.errors import CallEnded, CallNotFound, OperationFailed
from callbot.model import (
    CallDirection,
    CallResource,
    CallState,
    CommsOperation,
    MediaInfo,
    MediaState,
    OperationStatus,
    Participant,
    ParticipantInfo,
    RejectReason,
)
from callbot.state import Change, Gone, MediaChange, OperationFinished, Record, Tone, Transition

Answer = TypeVar("Answer")

_TONES_KEPT = 256  # tones nobody has asked for yet; the oldest goes first


class Call:
    """One call, alive: its state as callbot knows it now, and the verbs of the calls API.

    Verbs whose outcome comes later return when it has come; `wait=False` returns as soon as Graph has
    accepted the request. When the call ends, whatever waits on it raises `CallEnded`, and so does every
    verb from then on. Other failures raise a `GraphError`.

    https://learn.microsoft.com/graph/api/resources/call
    """

    def __init__(self, record: Record, desk: Desk) -> None:
        self._key = record.key
        self._desk = desk
        self._last = record
        self._waiters = Waiters(record.id)
        self._tones: deque[Tone] = deque(maxlen=_TONES_KEPT)

    @property
    def id(self) -> str:
        """The id of the call, verbatim as Graph writes it."""
        return self._last.id

    @property
    def state(self) -> CallState | None:
        """The state of the call; None while callbot only knows that it exists."""
        return self._record.state

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._record.ended

    @property
    def resource(self) -> CallResource:
        """The call resource with everything Graph has said about it."""
        return CallResource.view(self._record.resource)

    @property
    def tenant_id(self) -> str | None:
        """The tenant the call belongs to."""
        return self._record.tenant_id

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
        """Who is in the call, as far as notified; plain one-to-one calls have no roster."""
        return [Participant.view(one) for one in self._record.roster.values()]

    def __repr__(self) -> str:
        return f"<Call {self.id} {self.state}>"

    # -- verbs ---------------------------------------------------------------------------------------

    async def answer(self, *, wait: bool = True) -> None:
        """Take an incoming call; returns when it is established.

        Graph gives the bot 15 seconds for it. https://learn.microsoft.com/graph/api/call-answer
        """
        await self._ask(
            self._desk.graph.answer(
                self.id, tenant=self.tenant_id, callback_uri=self._desk.settings.callback_url
            )
        )
        if wait:
            await self.until(CallState.ESTABLISHED)

    async def reject(self, reason: RejectReason = RejectReason.NONE, *, wait: bool = True) -> None:
        """Refuse an incoming call; returns when it is over.

        https://learn.microsoft.com/graph/api/call-reject
        """
        await self._ask(self._desk.graph.reject(self.id, tenant=self.tenant_id, reason=reason))
        if wait:
            await self.until(CallState.TERMINATED)

    async def play(self, *prompts: str | Path | MediaInfo, wait: bool = True) -> CommsOperation:
        """Play prompts one after the other; returns when they have been played.

        A prompt is the path of a WAV file (mono, 16-bit, 16 kHz), which the bot's own service then offers
        to Graph, or an https address. Raises `PromptError` for a file that cannot be played and
        `OperationFailed` when Graph could not play it.

        https://learn.microsoft.com/graph/api/call-playprompt
        """
        media = [self._prompt(prompt) for prompt in prompts]
        return await self._operate(
            "playPrompt",
            lambda context: self._desk.graph.play_prompt(
                self.id, media, tenant=self.tenant_id, client_context=context
            ),
            wait=wait,
        )

    async def subscribe_to_tone(self) -> CommsOperation:
        """Ask Graph to report the keys people press; it does so until the call ends.

        https://learn.microsoft.com/graph/api/call-subscribetotone
        """
        return await self._operate(
            "subscribeToTone",
            lambda context: self._desk.graph.subscribe_to_tone(
                self.id, tenant=self.tenant_id, client_context=context
            ),
            wait=False,
        )

    async def keep_alive(self) -> None:
        """Tell Graph that the bot still looks after the call. callbot does it by itself in time.

        https://learn.microsoft.com/graph/api/call-keepalive
        """
        await self._ask(self._desk.graph.keep_alive(self.id, tenant=self.tenant_id))

    async def hang_up(self, *, wait: bool = True) -> None:
        """Leave the call; returns when it is over. Leaving a call that has ended is not an error.

        https://learn.microsoft.com/graph/api/call-delete
        """
        try:
            await self._ask(self._desk.graph.hang_up(self.id, tenant=self.tenant_id))
            if wait:
                await self.until(CallState.TERMINATED)
        except CallEnded:
            return

    async def refresh(self) -> None:
        """Read the call from Graph now; returns when what was read is known here."""
        await self._desk.refresh(self._key)

    # -- waiting -------------------------------------------------------------------------------------

    async def until(self, state: CallState) -> None:
        """Wait until the call is in `state`; raises `CallEnded` when it ends before."""
        if self.state is state:
            return
        self._raise_if_ended()
        await self._waiters.wait(self._waiters.expect(Transition, lambda change: change.new is state))

    async def audio_ready(self) -> None:
        """Wait until audio flows: nothing that is played before can be heard."""
        self._raise_if_ended()
        if self._record.audio is not MediaState.ACTIVE:
            await self._waiters.wait(self._waiters.expect(MediaChange, lambda change: change.active))

    async def tones(self) -> AsyncIterator[Tone]:
        """Every tone of the call, those included that came before somebody asked; ends with the call."""
        while True:
            while self._tones:
                yield self._tones.popleft()
            if self.ended:
                return
            try:
                await self._waiters.wait(self._waiters.expect(Tone, lambda _: True))
            except CallEnded:
                continue

    # -- for the runtime -----------------------------------------------------------------------------

    def update(self, record: Record, changes: Iterable[Change]) -> None:
        """Take note of what the registry knows now, and wake who waited for it."""
        self._last = record
        changes = list(changes)
        self._tones.extend(change for change in changes if isinstance(change, Tone))
        self._waiters.tell(changes)
        if record.ended:
            self._waiters.end(None)

    # -- parts ---------------------------------------------------------------------------------------

    @property
    def _record(self) -> Record:
        return self._desk.record(self._key) or self._last

    def _prompt(self, prompt: str | Path | MediaInfo) -> MediaInfo:
        return prompt if isinstance(prompt, MediaInfo) else self._desk.prompts.prompt(prompt)

    def _raise_if_ended(self) -> None:
        if self.ended:
            raise CallEnded(self.id)

    async def _ask(self, request: Awaitable[Answer]) -> Answer:
        """Send a request; a call that Graph no longer has is known to have ended from here on."""
        if self.ended:
            getattr(request, "close", lambda: None)()
            raise CallEnded(self.id)
        try:
            return await request
        except CallNotFound:
            await self._desk.observe(self._key, Gone(self._desk.clock.time()))
            raise CallEnded(self.id) from None

    async def _operate(
        self, kind: str, send: Callable[[str], Awaitable[CommsOperation]], *, wait: bool
    ) -> CommsOperation:
        """Send a request that begins an operation, and wait for its end. Raises `OperationFailed`."""
        context = str(uuid.uuid4())
        waiter = self._waiters.expect(
            OperationFinished, lambda finished: finished.operation.client_context == context
        )
        try:
            operation = await self._ask(send(context))
            if wait and operation.status not in {OperationStatus.COMPLETED, OperationStatus.FAILED}:
                operation = (await self._waiters.wait(waiter)).operation
        finally:
            self._waiters.drop(waiter)
        if operation.status is OperationStatus.FAILED:
            raise _failure(kind, operation)
        return operation


def _failure(kind: str, operation: CommsOperation) -> OperationFailed:
    result = operation.result_info
    return OperationFailed(
        kind,
        code=result.code if result else None,
        subcode=result.subcode if result else None,
        message=result.message if result else None,
    )
