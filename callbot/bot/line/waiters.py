"""Waiting for something to change in a call. The end of the call, or of the bot, ends every wait."""

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from callbot.errors import BotStopped, CallbotError, CallEnded
from callbot.state import Change

Awaited = TypeVar("Awaited", bound=Change)


class Waiter(Generic[Awaited]):
    """One wait, for a change of the type `kind` that `matches`; use it as `with ... as waiter`."""

    def __init__(
        self, kind: type[Awaited], matches: Callable[[Awaited], bool], waiting: "set[Waiter[Any]]"
    ) -> None:
        self._kind = kind
        self._matches = matches
        self._waiting = waiting
        self.future: asyncio.Future[Awaited] = asyncio.get_running_loop().create_future()
        waiting.add(self)

    def tell(self, change: Change) -> None:
        """End the wait if it is for this change."""
        if isinstance(change, self._kind) and not self.future.done() and self._matches(change):
            self.future.set_result(change)

    def end(self, error: CallbotError) -> None:
        """End the wait without its change."""
        if not self.future.done():
            self.future.set_exception(error)
            self.future.exception()  # a wait that was given up meanwhile needs no warning

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.discard(self)
        self.future.cancel()


class Waiters:
    """Everything that waits on one call."""

    def __init__(self, call_id: str) -> None:
        self._call_id = call_id
        self._waiting: set[Waiter[Any]] = set()  # of changes of every kind
        self._abandoned = False

    def expect(self, kind: type[Awaited], matches: Callable[[Awaited], bool]) -> Waiter[Awaited]:
        """Begin to wait, before doing what brings the change about, so that it cannot be missed."""
        waiter = Waiter(kind, matches, self._waiting)
        if self._abandoned:
            waiter.end(BotStopped())
        return waiter

    def tell(self, changes: Iterable[Change]) -> None:
        """Wake who waited for one of these."""
        for change in changes:
            for waiter in list(self._waiting):
                waiter.tell(change)

    def end(self, reason: str | None) -> None:
        """Wake everybody who still waits with `CallEnded`."""
        for waiter in list(self._waiting):
            waiter.end(CallEnded(self._call_id, reason))

    def abandon(self) -> None:
        """Wake everybody with `BotStopped`, now and from now on: nothing is heard of the call any more."""
        self._abandoned = True
        for waiter in list(self._waiting):
            waiter.end(BotStopped())
