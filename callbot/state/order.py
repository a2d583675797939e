"""Which way a call can go from one state to the next.

The order is that of protocol and captures: incoming, then establishing or ringing, then connected in some
way, then terminating, then terminated.
"""

from enum import Enum, auto

from callbot.model import CallState

_CONNECTED = 2
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
_TRANSFER = (CallState.TRANSFERRING, CallState.TRANSFER_ACCEPTED)


class Step(Enum):
    """How a newly seen state relates to the one on record."""

    SAME = auto()
    FORWARD = auto()
    SIDEWAYS = auto()  # a known way back or to the side: hold and back, a transfer that failed
    BACK = auto()


def step(old: CallState | None, new: CallState, *, has_result: bool) -> Step:
    """Say which way it is from `old` to `new`.

    `has_result` is whether a `resultInfo` came with it: that is what tells a failed transfer from a
    repeated `established` that arrived late. A state this version does not know ranks as connected.
    """
    if old == new:
        return Step.SAME
    if old is None:
        return Step.FORWARD
    if (old, new) in _LATE:
        return Step.BACK
    if old in _TRANSFER and new is CallState.ESTABLISHED:
        return Step.SIDEWAYS if has_result else Step.BACK
    before, after = _RANK.get(old, _CONNECTED), _RANK.get(new, _CONNECTED)
    if before == after:
        return Step.SIDEWAYS if new is CallState.ESTABLISHED else Step.FORWARD
    return Step.FORWARD if before < after else Step.BACK
