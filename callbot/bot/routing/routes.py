"""One handler of a router, and what it is for."""

from typing import Any, NamedTuple

from callbot.bot.call import Call
from callbot.bot.routing.filters import Filter, everything
from callbot.bot.routing.handling import Handler
from callbot.errors import HookError
from callbot.model import CallState, ToneName
from callbot.state import Change, Tone, Transition


class Route(NamedTuple):
    """A handler for changes of one kind; of transitions to `states`, of tones with `keys`, all when empty."""

    kind: type[Change]
    handler: Handler[Any]
    when: Filter = everything
    states: frozenset[CallState] = frozenset()
    keys: frozenset[str] = frozenset()

    def takes(self, change: Change) -> bool:
        """Whether it is for changes like this one, of some calls at least."""
        match change:
            case Transition() if self.states:
                return self.kind is Transition and change.new in self.states
            case Tone() if self.keys:
                return self.kind is Tone and change.key in self.keys
            case _:
                return self.kind is type(change)

    def is_for(self, call: Call[Any], change: Change) -> bool:
        """Whether it is for this change of this call."""
        return self.takes(change) and self.when(call, change)


def checked_states(states: tuple[object, ...]) -> frozenset[CallState]:
    """Return the states a decorator was given; raises `HookError` for what is none."""
    for one in states:
        if not isinstance(one, CallState):
            raise HookError(f"router.on({one!r}): write @router.on(CallState.HOLD), or @router.on() for all")
    return frozenset(one for one in states if isinstance(one, CallState))


def checked_keys(keys: tuple[object, ...]) -> frozenset[str]:
    """Return the keys a decorator was given; raises `HookError` for what no telephone has."""
    try:
        return frozenset(ToneName.from_key(str(one)).key for one in keys)
    except ValueError as error:
        raise HookError(f'router.on_tone: {error}; write @router.on_tone("1")') from None
