"""What somebody typed, and why they were not listened to any longer."""

from enum import StrEnum
from typing import Self


class GatherEnd(StrEnum):
    """Why gathering ended."""

    MAX_DIGITS = "maxDigits"
    TERMINATOR = "terminator"
    FIRST_TONE_TIMEOUT = "firstToneTimeout"
    INTER_TONE_TIMEOUT = "interToneTimeout"


class Digits(str):
    """The keys somebody pressed, as a plain `str`: `digits == "1"`, `int(digits)`.

    `reason` says why gathering ended, `terminator` is the key that ended it (it is not among the digits),
    `complete` whether as many digits came as were asked for, and `tries` how often the caller was asked.
    """

    __slots__ = ("complete", "reason", "terminator", "tries")

    reason: GatherEnd
    complete: bool
    terminator: str | None
    tries: int

    def __new__(
        cls,
        digits: str,
        reason: GatherEnd,
        *,
        complete: bool = True,
        terminator: str | None = None,
        tries: int = 1,
    ) -> Self:
        """Return `digits` with what is known about them."""
        made = super().__new__(cls, digits)
        made.reason, made.complete = reason, complete
        made.terminator, made.tries = terminator, tries
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, GatherEnd], dict[str, object]]:
        more: dict[str, object] = {
            "complete": self.complete,
            "terminator": self.terminator,
            "tries": self.tries,
        }
        return (str(self), self.reason), more
