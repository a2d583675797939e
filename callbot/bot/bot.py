"""The class a developer subclasses."""

from collections.abc import Sequence
from typing import ClassVar, Generic, Self

from pydantic import BaseModel

from callbot.bot.call import Call, Data
from callbot.bot.hooks import (
    HOOKS,
    OF_ANNOUNCED,
    OF_ANY_STATE,
    OF_CHANGE,
    OF_FAILURE,
    OF_JOINING,
    OF_STATE,
    AnnouncedHook,
    HandlerFailure,
    Hook,
    JoiningHook,
    check_hooks,
)
from callbot.bot.joining import JoinDecision, ParticipantJoining
from callbot.bot.models import model_of
from callbot.bot.outgoing import OutgoingCalls
from callbot.bot.routing import Handler, Handling, Middleware, Router
from callbot.bot.routing.handling import check_middlewares
from callbot.model import CallResource
from callbot.state import (
    Change,
    ContentSharingChange,
    MediaChange,
    OperationFinished,
    ParticipantLeft,
    RecordingChange,
    RosterChange,
    Tone,
    TranscriptionChange,
    Transition,
)


class CallBot(OutgoingCalls[Data], Generic[Data]):
    """A calling bot: subclass it and write a hook for each thing that matters to you.

    Every hook takes the call and what happened. Handlers can also be functions in routers, which `include`
    takes in; `use` puts middleware around all of them. The handlers of one call run in order, one at a time;
    calls run side by side. A handler that raises is logged and given to `on_error`, and the call goes on;
    leaving one with `CallEnded` is not an error. A misspelt hook raises `HookError` when the class is made.

    What a bot does by itself, once it runs: `place_call`, `place_group_call`, `join_meeting`.

    `class MyBot(CallBot[MyModel])` keeps a pydantic model with each call, as `call.data`; each of its fields
    has a default. Its hooks take a `Call[MyModel]`.
    """

    data_model: ClassVar[type[BaseModel] | None] = None
    own_hooks: ClassVar[frozenset[str]] = frozenset()
    """The hooks that this class has written."""
    routers: Sequence[Router] = ()
    middlewares: Sequence[Middleware] = ()

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        check_hooks(cls)
        check_middlewares(cls.middlewares)
        cls.own_hooks = frozenset(name for name in HOOKS if getattr(cls, name) is not getattr(CallBot, name))
        cls.data_model = model_of(cls, cls.data_model)

    def include(self, *routers: Router) -> Self:
        """Let the handlers of these routers go before the bot's own hooks; returns the bot.

        The same as `routers = (...)` in the class.
        """
        self.routers = (*self.routers, *routers)
        return self

    def use(self, *middlewares: Middleware) -> Self:
        """Put middleware around every handler, inside of what is there already; returns the bot.

        Each is `async def middleware(call, change, handler)` and runs `await handler(call, change)`, or does
        not. The same as `middlewares = (...)` in the class. Raises `HookError` for one that could not run.
        """
        check_middlewares(middlewares)
        self.middlewares = (*self.middlewares, *middlewares)
        return self

    # -- what happens to a call ----------------------------------------------------------------------

    async def on_incoming(self, call: Call[Data], transition: Transition) -> None:
        """Somebody calls: answer, reject or redirect within 15 seconds."""

    async def on_establishing(self, call: Call[Data], transition: Transition) -> None:
        """The call is being set up."""

    async def on_ringing(self, call: Call[Data], transition: Transition) -> None:
        """It rings at the other side."""

    async def on_established(self, call: Call[Data], transition: Transition) -> None:
        """The call is connected."""

    async def on_hold(self, call: Call[Data], transition: Transition) -> None:
        """The other side has put the call on hold."""

    async def on_transferring(self, call: Call[Data], transition: Transition) -> None:
        """The call is being transferred."""

    async def on_transfer_accepted(self, call: Call[Data], transition: Transition) -> None:
        """The target of a transfer has taken the call."""

    async def on_redirecting(self, call: Call[Data], transition: Transition) -> None:
        """The call is being redirected."""

    async def on_terminating(self, call: Call[Data], transition: Transition) -> None:
        """The call is about to end."""

    async def on_terminated(self, call: Call[Data], transition: Transition) -> None:
        """The call is over; `transition.result` says why, where Graph said so."""

    async def on_transition(self, call: Call[Data], transition: Transition) -> None:
        """The call changed its state, and the bot has no hook of its own for that state."""

    # -- what happens in a call ----------------------------------------------------------------------

    async def on_media(self, call: Call[Data], change: MediaChange) -> None:
        """Audio became active or inactive."""

    async def on_tone(self, call: Call[Data], tone: Tone) -> None:
        """Somebody pressed a key; only after `call.subscribe_to_tone()`."""

    async def on_roster(self, call: Call[Data], change: RosterChange) -> None:
        """Participants joined, left or changed; not in plain one-to-one calls."""

    async def on_operation(self, call: Call[Data], finished: OperationFinished) -> None:
        """A prompt, a recording, an invitation... has finished."""

    async def on_content_sharing(self, call: Call[Data], change: ContentSharingChange) -> None:
        """Content is shared, or no longer."""

    async def on_transcription(self, call: Call[Data], change: TranscriptionChange) -> None:
        """Transcription was started or stopped."""

    async def on_recording(self, call: Call[Data], change: RecordingChange) -> None:
        """The recording status that a participant shows has changed."""

    async def on_participant_left(self, call: Call[Data], left: ParticipantLeft) -> None:
        """Somebody left whom a policy-recording bot had taken in."""

    async def on_error(self, call: Call[Data], failure: HandlerFailure) -> None:
        """A hook raised. It is logged already; the call goes on."""

    # -- what the platform waits for an answer to ------------------------------------------------------

    async def on_participant_joining(
        self,
        call: Call[Data],  # noqa: ARG002 - as every hook
        joining: ParticipantJoining,
    ) -> JoinDecision:
        """Somebody wants to join a call that the bot records under a policy: may they?

        Return `joining.accept()`, `joining.reject(...)` or `joining.invite_new_bot(...)` within four seconds.
        It runs beside the handlers of the call, and does not wait for them. Without this hook the platform
        is not answered, and decides.
        """
        return joining.accept()

    async def on_announced(self, announced: CallResource) -> str | None:  # noqa: ARG002 - for those who write it
        """Somebody calls, and nothing is known of it but this: shall another deployment take the call?

        Return the https address of its callback path, and the platform sends the callback there (307); None
        to take it here. It has four seconds, of the 15 in which the call has to be answered.
        """
        return None

    # -- which hook is for what ----------------------------------------------------------------------

    def wants(self, change: Change) -> bool:
        """Whether there is a handler for changes like this one, of some calls at least."""
        if self.routers and any(router.takes(change) for router in self.routers):
            return True
        return self.hook_for(change) is not None

    def handling_for(self, call: Call[Data], change: Change) -> Handling | None:
        """Return what has to run for `change`: a router's handler, else the bot's own hook, else None."""
        for router in self.routers:
            found = router.find(call, change)
            if found is not None:
                return found.inside(tuple(self.middlewares), self.hook_for_failures())
        hook = self.hook_for(change)
        return None if hook is None else Handling(hook, tuple(self.middlewares), self.hook_for_failures())

    def hook_for(self, change: Change) -> Hook | None:
        """Return the hook of its own that this bot has for `change`, None when it has none."""
        if isinstance(change, Transition):
            name = OF_STATE.get(change.new, OF_ANY_STATE)
            return self._hook(name if name in self.own_hooks else OF_ANY_STATE)
        return self._hook(OF_CHANGE[type(change)])

    def hook_for_failures(self) -> Handler[HandlerFailure] | None:
        """Return the bot's `on_error`, None when it has none."""
        return self._hook(OF_FAILURE)

    def hook_for_joining(self) -> JoiningHook | None:
        """Return the bot's `on_participant_joining`, None when it has none."""
        return self.on_participant_joining if OF_JOINING in self.own_hooks else None

    def hook_for_announced(self) -> AnnouncedHook | None:
        """Return the bot's `on_announced`, None when it has none."""
        return self.on_announced if OF_ANNOUNCED in self.own_hooks else None

    def _hook(self, name: str) -> Hook | None:
        if name not in self.own_hooks:
            return None
        hook: Hook = getattr(self, name)
        return hook
