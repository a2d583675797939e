"""Which way a call can go from one state to the next.

The order is that of protocol and captures: incoming, then establishing or ringing, then connected in some
way, then terminating, then terminated.
"""

from collections.abc import Set as AbstractSet
from enum import Enum, auto

from callbot.model import CallState

_CONNECTED = 2
_ESTABLISHED = CallState.ESTABLISHED
_RANK: dict[CallState, int] = {
    CallState.INCOMING: 0,
    CallState.ESTABLISHING: 1,
    CallState.RINGING: 1,
    CallState.ESTABLISHED: 2,
    CallState.HOLD: 2,
    CallState.TRANSFERRING: 2,
    CallState.TRANSFER_ACCEPTED: 2,
    CallState.REDIRECTING: 2,
    CallState.TERMINATING: 3,
    CallState.TERMINATED: 4,
}

# Of the same rank, and yet never in this order: the second is the older one, arrived late.
_LATE = frozenset(
    {
        (CallState.RINGING, CallState.ESTABLISHING),
        (CallState.TRANSFER_ACCEPTED, CallState.TRANSFERRING),
        (CallState.REDIRECTING, CallState.ESTABLISHED),
    }
)
TRANSFER = frozenset({CallState.TRANSFERRING, CallState.TRANSFER_ACCEPTED})


def is_detour(state: CallState) -> bool:
    """Whether a call can be in this state and then be established again."""
    return state is not _ESTABLISHED and _RANK.get(state, _CONNECTED) == _CONNECTED


class Step(Enum):
    """How a newly seen state relates to the one on record."""

    SAME = auto()
    FORWARD = auto()
    SIDEWAYS = auto()  # a known way back or to the side: hold and back, a transfer that failed
    BACK = auto()


_FORWARD, _BACK = Step.FORWARD, Step.BACK


def is_among_connected(old: CallState | None, new: CallState) -> bool:
    """Whether it is a step from one way of being connected to another, as to hold and back."""
    return old is not None and _RANK.get(old, _CONNECTED) == _RANK.get(new, _CONNECTED) == _CONNECTED


def may_be_old(
    old: CallState | None, new: CallState, detours: AbstractSet[CallState], *, has_result: bool
) -> bool:
    """Whether what says that a call went from `old` to `new` may be from before it was in `old`.

    Every connected call was established once, and `detours` are the other states it has been in. Of a
    transfer that failed only the result tells, and that can be no older.
    """
    if old == new or not is_among_connected(old, new) or (old in TRANSFER and has_result):
        return False
    return new is CallState.ESTABLISHED or new in detours


def step(old: CallState | None, new: CallState, *, has_result: bool) -> Step:
    """Say which way it is from `old` to `new`.

    `has_result` is whether a `resultInfo` came with it: that is what tells a failed transfer from a
    repeated `established` that arrived late. A state this version does not know ranks as connected.
    """
    if old == new:
        return Step.SAME
    if old is None:
        return _FORWARD
    if (old, new) in _LATE:
        return Step.BACK
    if old in TRANSFER and new is CallState.ESTABLISHED:
        return Step.SIDEWAYS if has_result else Step.BACK
    before, after = _RANK.get(old, _CONNECTED), _RANK.get(new, _CONNECTED)
    if before == after:
        return Step.SIDEWAYS if new is CallState.ESTABLISHED else Step.FORWARD
    return _FORWARD if before < after else _BACK
