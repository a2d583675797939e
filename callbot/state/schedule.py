"""When a call must be looked at again: pure arithmetic on its record.

The times are those of design and protocol: a state that should not last is read, a quiet established call
is read from time to time, a keep-alive is owed at least every 45 minutes, a tombstone is forgotten.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

from callbot.model import CallState
from callbot.state.reading import CONFIRM_AFTER
from callbot.state.record import Record


class DueKind(StrEnum):
    """What is due."""

    READ = "read"
    KEEP_ALIVE = "keep-alive"
    FORGET = "forget"


class Due(NamedTuple):
    """Something to do for a call, at a wall time in seconds since the Unix epoch, and why."""

    at: float
    kind: DueKind
    trigger: str


class Policy(NamedTuple):
    """Intervals in seconds. `jitter` is the share of an interval by which calls differ from each other.

    No state goes unread for longer than `quiet`.
    """

    incoming: float = 20.0
    establishing: float = 45.0
    passing: float = 20.0  # hold, transferring, redirecting, terminating
    quiet: float = 300.0
    keep_alive: float = 720.0
    tombstone: float = 600.0
    jitter: float = 0.2

    def vigilant(self) -> "Policy":
        """The same while callbacks have stopped: quiet calls are read far more often."""
        return self._replace(quiet=max(self.quiet / 10, min(self.quiet, self.passing)))

    def polling(self, interval: float) -> "Policy":
        """The same without callbacks: every call is read every `interval` seconds."""
        return self._replace(incoming=interval, establishing=interval, passing=interval, quiet=interval)


def next_due(record: Record, policy: Policy) -> Due | None:
    """Return what is due first for `record`; None when nothing is before its handlers are done."""
    if record.ended:
        if record.unhandled:
            return None
        return Due(record.state_at + policy.tombstone, DueKind.FORGET, "tombstone expired")
    share = 1 - policy.jitter * spread(record.key)
    read = _read_due(record, policy, share)
    keep_alive_at = record.kept_alive_at + policy.keep_alive * share
    return read if read.at <= keep_alive_at else Due(keep_alive_at, _KEEP_ALIVE, "keep-alive")


def _read_due(record: Record, policy: Policy, share: float) -> Due:
    if record.doubt is not None:
        return Due(_backed_off(record.doubt_at, 1.0, record, policy), _READ, record.doubt)
    if record.retreat is not None:
        return Due(record.retreat.at + CONFIRM_AFTER, _READ, "contradictory read")
    patience = _PATIENCE.get(record.state, _passing)(policy)
    if patience is not None:
        patience = min(patience, policy.quiet)
        at = _backed_off(record.state_at + patience, patience, record, policy)
        return Due(at, _READ, f"still {record.state}")
    at = record.seen_at + policy.quiet * share
    return Due(at, _READ, "quiet call")


_READ, _KEEP_ALIVE = DueKind.READ, DueKind.KEEP_ALIVE

_PATIENCE: dict[CallState | None, Callable[[Policy], float | None]] = {
    None: lambda policy: policy.incoming,
    CallState.INCOMING: lambda policy: policy.incoming,
    CallState.ESTABLISHING: lambda policy: policy.establishing,
    CallState.RINGING: lambda policy: policy.establishing,
    CallState.ESTABLISHED: lambda _: None,  # it may last
}
"""How long a state may last before it is worth a read; every other one is passing."""


def _passing(policy: Policy) -> float:
    return policy.passing


def _backed_off(first: float, interval: float, record: Record, policy: Policy) -> float:
    """`first`, and after each read that showed nothing new twice the time, up to the quiet interval."""
    if record.fruitless_reads == 0 or record.read_at < first:
        return first
    wait = min(interval * 2.0 ** min(record.fruitless_reads, 16), policy.quiet)
    return record.read_at + wait


def spread(key: str) -> float:
    """A number from 0 to 1 that is always the same for one call and differs between calls."""
    return crc32(key.encode()) / 0xFFFFFFFF
