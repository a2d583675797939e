"""Handlers that are plain functions, collected in routers."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self, TypeVar

from callbot.bot.call import Call
from callbot.bot.hooks import HandlerFailure
from callbot.bot.routing.filters import Filter, everything
from callbot.bot.routing.handling import (
    Handler,
    Handling,
    Middleware,
    check_handler,
    check_middlewares,
    name_of,
)
from callbot.bot.routing.routes import Route, checked_keys, checked_states
from callbot.errors import HookError
from callbot.model import CallState
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

What = TypeVar("What")
Decorator = Callable[[Handler[What]], Handler[What]]


class Router:
    """A collection of handlers: `@router.on(CallState.HOLD)` above `async def comfort(call, transition)`.

    Of all handlers for a change the first one runs that is for it, and no other: those of a router in the
    order in which they are written, then those of the routers it includes, and last of all the bot's own
    hook. `when` is a filter that everything in the router stands under, `middlewares` go around its handlers.
    A handler that could not run raises `HookError` where it is decorated.
    """

    def __init__(self, *, when: Filter = everything, middlewares: Iterable[Middleware] = ()) -> None:
        self._when = when
        self._middlewares = tuple(middlewares)
        self._routes: list[Route] = []
        self._on_failure: Handler[HandlerFailure] | None = None
        self._included: list[Router] = []
        check_middlewares(self._middlewares)

    def include(self, *routers: "Router") -> Self:
        """Let other routers have what this one has no handler for, in their order."""
        for router in routers:
            if self in router.all():
                raise HookError("a router cannot include itself, or one that includes it")
            self._included.append(router)
        return self

    def use(self, middleware: Middleware) -> Middleware:
        """Put a middleware around every handler of the router, inside of those that were there before."""
        check_middlewares([middleware])
        self._middlewares = (*self._middlewares, middleware)
        return middleware

    # -- what a handler is for -------------------------------------------------------------------------

    def on(self, *states: CallState, when: Filter = everything) -> Decorator[Transition]:
        """Handle transitions to one of these states, or to any when none is named."""
        return self._add(Transition, when, states=checked_states(states))

    def on_tone(self, *keys: str, when: Filter = everything) -> Decorator[Tone]:
        """Handle tones of these keys ("1", "*"), or of any; only after `call.subscribe_to_tone()`."""
        return self._add(Tone, when, keys=checked_keys(keys))

    def on_media(self, *, when: Filter = everything) -> Decorator[MediaChange]:
        """Handle that audio became active or inactive."""
        return self._add(MediaChange, when)

    def on_roster(self, *, when: Filter = everything) -> Decorator[RosterChange]:
        """Handle that participants joined, left or changed."""
        return self._add(RosterChange, when)

    def on_operation(self, *, when: Filter = everything) -> Decorator[OperationFinished]:
        """Handle that a prompt, a recording, an invitation... has finished."""
        return self._add(OperationFinished, when)

    def on_content_sharing(self, *, when: Filter = everything) -> Decorator[ContentSharingChange]:
        """Handle that content is shared, or no longer."""
        return self._add(ContentSharingChange, when)

    def on_transcription(self, *, when: Filter = everything) -> Decorator[TranscriptionChange]:
        """Handle that transcription was started or stopped."""
        return self._add(TranscriptionChange, when)

    def on_recording(self, *, when: Filter = everything) -> Decorator[RecordingChange]:
        """Handle that the recording status which a participant shows has changed."""
        return self._add(RecordingChange, when)

    def on_participant_left(self, *, when: Filter = everything) -> Decorator[ParticipantLeft]:
        """Handle that somebody left whom a policy-recording bot had taken in."""
        return self._add(ParticipantLeft, when)

    def on_error(self, handler: Handler[HandlerFailure]) -> Handler[HandlerFailure]:
        """Handle that one of the router's handlers, or of those it includes, raised: `@router.on_error`."""
        check_handler(handler, ("call", "failure"))
        self._on_failure = handler
        return handler

    # -- for the bot -------------------------------------------------------------------------------------

    def takes(self, change: Change) -> bool:
        """Whether there is a handler for changes like this one, of some calls at least."""
        own = any(route.takes(change) for route in self._routes)
        return own or any(router.takes(change) for router in self._included)

    def find(self, call: Call[Any], change: Change) -> Handling | None:
        """Return the handler for this change of this call, with its middleware; None when there is none."""
        if not self._when(call, change):
            return None
        for route in self._routes:
            if route.is_for(call, change):
                return Handling(route.handler, self._middlewares, self._on_failure)
        for router in self._included:
            found = router.find(call, change)
            if found is not None:
                return found.inside(self._middlewares, self._on_failure)
        return None

    def all(self) -> Iterator["Router"]:
        """Return this router and all it includes."""
        yield self
        for router in self._included:
            yield from router.all()

    def _add(self, kind: type[Change], when: Filter, **only: frozenset[Any]) -> Decorator[Any]:
        if not isinstance(when, Filter):
            raise HookError(f"when={when!r} is no filter: write Filter(lambda call, change: ...)")

        def decorate(handler: Handler[Any]) -> Handler[Any]:
            check_handler(handler, ("call", "what"))
            self._routes.append(Route(kind, handler, when, **only))
            return handler

        return decorate

    def __repr__(self) -> str:
        return f"<Router of {', '.join(name_of(route.handler) for route in self._routes) or 'nothing'}>"
