"""Decisions made of bytes, so that a fuzzer which changes bytes changes decisions."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Takes `data` from its front; what is used up decides for the first choice, always."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1; `limit` is 256 at most."""
        if self._place >= len(self._data):
            return 0
        self._place += 1
        return self._data[self._place - 1] % limit

    def chance(self, one_in: int) -> bool:
        """Return whether something happens that happens once in `one_in` times."""
        return self.below(one_in) == one_in - 1

    def choice(self, things: Sequence[T]) -> T:
        """Return one of at most 256 things."""
        return things[self.below(len(things))]

    def take(self, count: int) -> bytes:
        """Return the next bytes, as far as there are any."""
        taken = self._data[self._place : self._place + count]
        self._place += len(taken)
        return taken

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(len(self._data))
