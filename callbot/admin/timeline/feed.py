"""What happens, as it happens, for those who follow it.

Each follower has a queue of its own, of a limited length: one that does not keep up is left behind, and the
bot never waits for any.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from callbot.admin.timeline.entry import Entry

LONGEST_QUEUE = 1_000
"""Entries that wait for a follower; with one more it is left behind."""

MOST_FOLLOWERS = 16


class Happened(NamedTuple):
    """Something that happened in a call of a bot."""

    app_id: str
    key: str
    entry: Entry


class Follower:
    """Somebody who follows. `left_behind` is called when it has not kept up."""

    def __init__(self, left_behind: Callable[[], None]) -> None:
        self.queue: asyncio.Queue[Happened | None] = asyncio.Queue(LONGEST_QUEUE + 1)
        self.left_behind = left_behind


class Feed:
    """Hands on what happens to all who follow."""

    def __init__(self) -> None:
        self._followers: set[Follower] = set()
        self._closed = False

    @property
    def followers(self) -> int:
        """How many follow."""
        return len(self._followers)

    @property
    def is_full(self) -> bool:
        """Whether nobody more can follow."""
        return len(self._followers) >= MOST_FOLLOWERS

    def follow(self, left_behind: Callable[[], None]) -> Follower:
        """Return a new follower; None in its queue means that nothing more comes."""
        follower = Follower(left_behind)
        if self._closed:
            follower.queue.put_nowait(None)
        else:
            self._followers.add(follower)
        return follower

    def leave(self, follower: Follower) -> None:
        """Follow no longer."""
        self._followers.discard(follower)

    def publish(self, happened: Happened) -> None:
        """Hand on what happened; whoever has not kept up is left behind."""
        if not self._followers:
            return
        for follower in tuple(self._followers):
            if follower.queue.qsize() >= LONGEST_QUEUE:
                self._followers.discard(follower)
                follower.left_behind()
            else:
                follower.queue.put_nowait(happened)

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closed = True
        for follower in self._followers:
            follower.queue.put_nowait(None)
        self._followers.clear()
