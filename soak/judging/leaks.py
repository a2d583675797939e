"""What the store still holds when it should hold nothing any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callbot.store import open_store
from soak.judging.facts import CallFacts

GRACE = 5.0
"""Seconds a tombstone may stay longer than asked for: timers run late on a machine that is busy."""


@dataclass(slots=True)
class Holding:
    """What a store holds, by call id: live records, tombstones with when they ended, and waiting entries."""

    live: list[str] = field(default_factory=list)
    tombstones: dict[str, float] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)
    inbox: int = 0

    @property
    def empty(self) -> bool:
        """Whether it holds nothing."""
        return not (self.live or self.tombstones or self.inbox)

    def leaks(self, calls: Mapping[str, CallFacts], *, tombstone: float, now: float) -> list[str]:
        """Name what is there and should not be.

        That is a live record of a call that is over, a tombstone past its time or with handlers that never
        finished, and an entry nobody has taken out of the inbox.
        """
        over = [call for call in self.live if call not in calls or calls[call].over]
        old = [call for call, ended in self.tombstones.items() if now - ended > tombstone + GRACE]
        found = [f"{call}: live, although it is over" for call in over]
        found += [f"{call}: a tombstone past its time" for call in old]
        found += [f"{call}: handlers that never finished" for call in self.unfinished if call not in old]
        return found + ["an entry in the inbox"] * self.inbox


async def look(url: str) -> Holding:
    """Look into the store that `url` names, beside the service that uses it."""
    store = open_store(url)
    await store.open()
    held = Holding()
    try:
        async for record in store.records():
            if record.ended:
                held.tombstones[record.id] = record.state_at
            else:
                held.live.append(record.id)
            if record.unhandled:
                held.unfinished.append(record.id)
        async for _ in store.inbox():
            held.inbox += 1
    finally:
        await store.close()
    return held
