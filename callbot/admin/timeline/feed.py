"""What happens, as it happens, for those who follow it.

Each follower has a queue of its own, of a limited length: one that does not keep up is left behind, and the
bot never waits for any. One callback may bring thousands of notifications, and nobody can read while it is
taken in: so a queue may be long for a while, as long as somebody reads it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from callbot.admin.timeline.entry import Entry
from callbot.clock import Clock

LONGEST_QUEUE = 1_000
"""Entries that may wait for a follower who does not read."""

PATIENCE = 5.0
"""Seconds after which one who has read nothing, and for whom more than that wait, is left behind."""

MOST_WAITING = 50_000
"""Entries that may wait for anybody, about 12 MB: what the most notifications in one callback bring."""

MOST_FOLLOWERS = 16


class Happened(NamedTuple):
    """Something that happened in a call of a bot."""

    app_id: str
    key: str
    entry: Entry


class Follower:
    """Somebody who follows the call `only`, or all. `left_behind` is called when it has not kept up."""

    def __init__(self, clock: Clock, only: str | None, left_behind: Callable[[], None]) -> None:
        self.only = only
        self.left_behind = left_behind
        self._clock = clock
        self._unread: deque[Happened] = deque()
        self._news = asyncio.Event()
        self._ended = False
        self._read_at = 0.0  # or when it had nothing to read, if that was later

    async def read(self, most: int) -> Sequence[Happened]:
        """Return what has happened since, `most` at a time; nothing when nothing more comes."""
        while not self._unread and not self._ended:
            self._news.clear()
            await self._news.wait()
        self._read_at = self._clock.monotonic()
        return [self._unread.popleft() for _ in range(min(most, len(self._unread)))]

    def offer(self, happened: Happened) -> bool:
        """Let it read this, too; False when it has not kept up."""
        now, waiting = self._clock.monotonic(), len(self._unread)
        if not waiting:
            self._read_at = now
        if waiting >= MOST_WAITING or (waiting >= LONGEST_QUEUE and now - self._read_at >= PATIENCE):
            return False
        self._unread.append(happened)
        self._news.set()
        return True

    def end(self) -> None:
        """Nothing more comes."""
        self._ended = True
        self._news.set()


class Feed:
    """Hands on what happens to all who follow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
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

    def follow(self, left_behind: Callable[[], None], only: str | None = None) -> Follower:
        """Return a new follower of the call with the key `only`, or of all."""
        follower = Follower(self._clock, only, left_behind)
        if self._closed:
            follower.end()
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
            if follower.only in {None, happened.key} and not follower.offer(happened):
                self._followers.discard(follower)
                follower.left_behind()

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closed = True
        for follower in self._followers:
            follower.end()
        self._followers.clear()
