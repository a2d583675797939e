"""Which request may be sent again, and when. Nothing here sends or waits.

https://learn.microsoft.com/graph/throttling
"""

from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

from callbot.graph.verb import Repeat

MAX_ATTEMPTS = 5
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0

LONGEST_RETRY_AFTER = 900.0
"""Seconds that are believed of a `Retry-After`: Graph ends a call that nothing is heard of for 2,700."""


class Fate(StrEnum):
    """What is known of a request after one attempt."""

    NOT_SENT = "not sent"  # it never reached Graph
    REFUSED = "refused"  # Graph did nothing and may be asked again
    UNKNOWN = "unknown"  # it may or may not have had its effect
    SETTLED = "settled"  # it is done, or failed for good


_SETTLED = Fate.SETTLED  # at hand: to look a member up takes longer than to compare it

_REPEATABLE = {
    Repeat.REFUSED: frozenset({Fate.NOT_SENT, Fate.REFUSED}),
    Repeat.FREELY: frozenset({Fate.NOT_SENT, Fate.REFUSED, Fate.UNKNOWN}),
}


def may_repeat(repeat: Repeat, fate: Fate) -> bool:
    """Return whether a request with this rule may be sent again after this fate."""
    return fate in _REPEATABLE[repeat]


def fate_of(status: int, *, asks_to_wait: bool) -> Fate:
    """Return the fate of a request that got an answer.

    A 503 counts as refused only with `Retry-After`: that is how Graph sheds load. Without it, it may come
    from a gateway that lost sight of a request which had its effect.
    """
    if status == 429 or (status == 503 and asks_to_wait):  # noqa: PLR2004 - HTTP's own numbers
        return Fate.REFUSED
    if status in {500, 502, 503, 504}:
        return Fate.UNKNOWN
    return _SETTLED


def pause(attempt: int, chance: float) -> float:
    """Return the seconds to wait after the `attempt`-th try (from 1) when Graph names no time.

    Doubles each time; `chance` in [0, 1) spreads the waits of many clients over the upper half.
    """
    longest: float = min(_FIRST_PAUSE * 2.0 ** (attempt - 1), _LONGEST_PAUSE)
    return longest * (0.5 + chance / 2)


def retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds a `Retry-After` header asks for, or None where there is none to understand.

    Takes whole and fractional seconds and an HTTP date; `now` is wall time. What is longer than
    `LONGEST_RETRY_AFTER` counts as that: one odd header must not keep the bot from looking after its calls.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now)
    return min(seconds, LONGEST_RETRY_AFTER) if 0 <= seconds < float("inf") else None


def _seconds_until(date: str, now: float) -> float:
    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - now)
    except (ValueError, OverflowError):  # of a year or a zone that is none
        return -1.0
