"""Waiting for something to happen, within limits of virtual and of real time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from callbot.clock import Clock, timeout
from callbot.testing.stage import Stage
from callbot.testing.virtual import VirtualTime

_Found = TypeVar("_Found")


class TooLong(Exception):
    """What was waited for did not happen; the message says which limit was reached."""


class Patience:
    """Waits. `seconds` is the limit of real time for one wait, where the world's time is virtual."""

    def __init__(self, stage: Stage, clock: Clock, virtual: VirtualTime | None, seconds: float) -> None:
        self.clock = clock
        self._stage = stage
        self._virtual = virtual
        self._seconds = seconds

    async def until(self, look: Callable[[], Awaitable[_Found | None]], within: float) -> _Found:
        """Return what `look` finds as soon as it is not None; it is asked again whenever something changes.

        `within` is in seconds of the world's clock. Raises `TooLong`.
        """
        stuck: list[str] = []
        try:
            async with asyncio.timeout(None) as scope, timeout(self.clock, within):
                give_up = self._give_up(scope, stuck)
                alarm = self._virtual.alarm(self._seconds, give_up) if self._virtual is not None else None
                try:
                    return await self._look_until(look)
                finally:
                    if alarm is not None:
                        alarm.cancel()
        except TimeoutError:
            raise TooLong(stuck[0] if stuck else f"within {within:g} s") from None

    async def _look_until(self, look: Callable[[], Awaitable[_Found | None]]) -> _Found:
        while True:
            found = await look()
            if found is not None:
                return found
            await self._stage.changed()

    def _give_up(self, scope: asyncio.Timeout, stuck: list[str]) -> Callable[[], None]:
        def give_up() -> None:
            virtual = self._virtual
            held = "; ".join(virtual.under_way()) if virtual is not None else ""
            why = f"; time stands still for: {held}" if held else ""
            stuck.append(f"within {self._seconds:g} s of real time{why}")
            scope.reschedule(asyncio.get_running_loop().time())

        return give_up
