"""The tones of a call that nobody has taken yet, in the order in which the keys were pressed."""

import heapq
from collections.abc import Iterable
from math import inf

from callbot.bot.line.line import Line
from callbot.errors import CallEnded, WaitTimeout
from callbot.state import Change, Tone

_KEPT = 256  # tones nobody has asked for yet; the oldest goes first
_OVERTAKEN = 1.0  # seconds that a tone may be late and still be put before those that overtook it


class Tones:
    """Keeps tones until somebody takes them, so that none is lost while a prompt plays.

    Callbacks overtake each other; the sequence id of a tone says where it belongs.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: list[tuple[int, Tone]] = []
        self._last_taken = 0
        self.subscribed = False
        self._stray: tuple[str, float] | None = None

    def __bool__(self) -> bool:
        """Whether a tone is waiting to be taken."""
        return bool(self._waiting)

    def put(self, changes: Iterable[Change]) -> None:
        """Keep the tones among these changes."""
        for change in changes:
            if isinstance(change, Tone):
                heapq.heappush(self._waiting, (change.sequence_id, change))
        while len(self._waiting) > _KEPT:
            heapq.heappop(self._waiting)

    async def take(self, limit: float = inf) -> Tone | None:
        """Return the next tone, None when there is none within `limit` seconds.

        Raises `CallEnded` when the call is over and no tone is left.
        """
        clock = self._line.desk.clock
        until = clock.monotonic() + limit
        patient = True
        while not self._waiting or (patient and self._is_overtaking()):
            if self._waiting:
                patient = await self._more(_OVERTAKEN)
                continue
            self._line.raise_if_ended()
            if not await self._more(until - clock.monotonic()) and not self._waiting:
                return None
        number, tone = heapq.heappop(self._waiting)
        self._last_taken = max(self._last_taken, number)
        return tone

    async def _more(self, limit: float) -> bool:
        """Wait for a tone; False when none came, or when the call ended while others are waiting."""
        try:
            with self._line.waiters.expect(Tone, lambda _: True) as waiter:
                await self._line.outcome(waiter, what="waiting for a tone", limit=limit)
        except WaitTimeout:
            return False
        except CallEnded:
            if self._waiting:
                return False
            raise
        return True

    def _is_overtaking(self) -> bool:
        """Whether a tone that was pressed before the first one here is still on its way."""
        record, (first, _) = self._line.record, self._waiting[0]
        return not record.ended and any(self._last_taken < one < first for one in record.missing_tones)

    def expect_stray(self, keys: str, seconds: float) -> None:
        """Drop the next tone that is taken by `take_wanted` if it is one of `keys` and comes that soon.

        Who types "1234#" where four digits are enough does not mean the # for the next question.
        """
        self._stray = (keys, self._line.desk.clock.time() + seconds)

    async def take_wanted(self, limit: float = inf) -> Tone | None:
        """Return the next tone as `take` does, but for one that is a stray."""
        tone = await self.take(limit)
        stray, self._stray = self._stray, None
        if tone is not None and stray is not None and tone.key in stray[0] and tone.at <= stray[1]:
            return await self.take(limit)
        return tone
