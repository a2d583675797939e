"""What a handler is for: filters over the call, combined with `&`, `|` and `~`.

`router.on(CallState.INCOMING, when=filters.peer_to_peer & ~filters.tenant("..."))`
"""

from collections.abc import Callable
from typing import Any

from callbot.bot.call import Call
from callbot.model import CallDirection, CallState, Phone, Who
from callbot.state import Change, Transition

Test = Callable[[Call[Any], Change], bool]


class Filter:
    """Says whether a handler is for what happened to a call.

    `Filter(lambda call, change: call.data.vip)` makes one of your own; it is asked when the handler would run
    and must not wait for anything. `name` is what it is called in messages.
    """

    __slots__ = ("_test", "name")

    def __init__(self, test: Test, name: str = "") -> None:
        self._test = test
        self.name = name or getattr(test, "__name__", "filter")

    def __call__(self, call: Call[Any], change: Change) -> bool:
        """Return whether it lets `change` of `call` through."""
        return bool(self._test(call, change))

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(
            lambda call, change: self(call, change) and other(call, change), f"({self.name} & {other.name})"
        )

    def __or__(self, other: "Filter") -> "Filter":
        return Filter(
            lambda call, change: self(call, change) or other(call, change), f"({self.name} | {other.name})"
        )

    def __invert__(self) -> "Filter":
        return Filter(lambda call, change: not self(call, change), f"~{self.name}")

    def __bool__(self) -> bool:
        raise TypeError("combine filters with & | ~, not with `and`, `or`, `not`")

    def __repr__(self) -> str:
        return f"<Filter {self.name}>"


def state(*states: CallState) -> Filter:
    """The call is in one of these states; of a transition, the new state."""
    return Filter(
        lambda call, change: (change.new if isinstance(change, Transition) else call.state) in states,
        f"state({', '.join(states)})",
    )


def tenant(*tenants: str) -> Filter:
    """The call belongs to one of these tenants."""
    wanted = {one.lower() for one in tenants}
    return Filter(lambda call, _: (call.tenant_id or "").lower() in wanted, f"tenant({', '.join(tenants)})")


def source(*callers: Who | str) -> Filter:
    """One of these has called: `User("...")`, `Phone("+49...")`, or an object id or number by itself."""
    wanted = {_key(one) for one in callers}
    return Filter(lambda call, _: bool(_keys_of_source(call) & wanted), "source")


def _direction(direction: CallDirection) -> Filter:
    return Filter(lambda call, _: call.direction is direction, direction.value)


def _is_group(call: Call[Any], _: Change) -> bool:
    resource = call.resource
    return resource.meeting_info is not None or len(resource.targets) > 1 or bool(call.roster)


def _is_from_phone(call: Call[Any], _: Change) -> bool:
    return call.source is not None and isinstance(call.source.identity.who, Phone)


def _key(who: object) -> str:
    return str(getattr(who, "id", None) or getattr(who, "number", None) or who).lower()


def _keys_of_source(call: Call[Any]) -> set[str]:
    who = call.source.identity.who if call.source is not None else None
    return set() if who is None else {_key(who)}


incoming = _direction(CallDirection.INCOMING)
"""Somebody has called the bot."""

outgoing = _direction(CallDirection.OUTGOING)
"""The bot has called, or has joined a meeting."""

meeting = Filter(_is_group, "meeting")
"""A meeting or another call of several people."""

peer_to_peer = Filter(lambda call, change: not _is_group(call, change), "peer_to_peer")
"""A call between the bot and one other."""

from_phone = Filter(_is_from_phone, "from_phone")
"""Somebody has called from a telephone."""

everything = Filter(lambda *_: True, "everything")
"""Whatever happens."""
