"""The second of the two queues of a call: the changes that wait for their handlers."""

import asyncio
from collections import deque
from math import inf

from callbot.bot.routing import Handling
from callbot.clock import Timer
from callbot.log import NOTHING, Context
from callbot.model import CallState
from callbot.state import Change, Transition

LAST_MOMENT = 2.0
"""Seconds that all handlers which run or wait when their call ends have together, before `on_terminated`."""


class HandlerQueue:
    """The changes of one call that wait for their handlers, each with what it was seen in the course of."""

    __slots__ = (
        "context",
        "expired",
        "handling",
        "last_moment",
        "left_out",
        "others_until",
        "share",
        "task",
        "waiting",
    )

    def __init__(self) -> None:
        self.waiting: deque[tuple[Change, Context]] = deque()
        self.task: asyncio.Task[None] | None = None
        self.handling: Handling | None = None  # that is running
        self.expired = False  # whether its last moment is over
        self.context = NOTHING  # in which it runs
        self.last_moment: Timer | None = None  # ends it, once its call has ended
        self.share: float | None = None  # of LAST_MOMENT, for each transition that waited when the call ended
        self.others_until = inf  # monotonic: how long what is no transition may be told then
        self.left_out = 0

    def share_out(self, now: float) -> float:
        """Share out the last moment: a part for each transition that waits, one for the rest together."""
        if self.share is None:
            told = [change for change, _ in self.waiting if isinstance(change, Transition)]
            waiting = sum(not is_end(change) for change in told)
            self.share = LAST_MOMENT / (waiting + 1)
            self.others_until = now + self.share
        return self.share

    def expire(self) -> None:
        """Cancel the handler that is running: its last moment is over."""
        if self.handling is not None and self.task is not None:
            self.expired = True
            self.task.cancel()

    def end_handler(self) -> None:
        """Forget the handler that was running."""
        self.handling = None
        self.expired = False
        if self.last_moment is not None:
            self.last_moment.cancel()
            self.last_moment = None


def is_end(change: Change) -> bool:
    """Whether it is the end of the call."""
    return isinstance(change, Transition) and change.new is CallState.TERMINATED
