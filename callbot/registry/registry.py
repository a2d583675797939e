"""The registry of calls: loads a record, folds an observation, writes the record, says what changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from callbot.errors import VersionConflict
from callbot.log import get_logger
from callbot.model import CallState
from callbot.state import (
    Change,
    Document,
    Observation,
    Record,
    Source,
    Transition,
    Verdict,
    fold,
)
from callbot.store import Lease, Store

_log = get_logger(__name__)

Counts = Counter[str]


class Observed(NamedTuple):
    """What one observation came to."""

    record: Record | None
    changes: tuple[Change, ...]
    wanted: tuple[Change, ...]  # those of the changes that somebody will handle
    verdict: Verdict


class Registry:
    """The only writer of call state.

    `wanted` says which changes somebody will handle: those are kept with the record until their handler
    has finished. Observations of one call must come one after the other, as a mailbox gives them; another
    process may write in between, which the store's versions bring to light.
    """

    def __init__(self, store: Store, wanted: Callable[[Change], bool]) -> None:
        self._store = store
        self._wanted = wanted
        self._records: dict[str, Record] = {}
        self._fence: Lease | None = None
        self.verdicts: Counter[tuple[type[Observation], Verdict]] = Counter()
        self.transitions: Counter[tuple[CallState, Source]] = Counter()
        self.inferred = 0

    def get(self, key: str) -> Record | None:
        """Return the record of a call this process looks after."""
        return self._records.get(key)

    @property
    def counts(self) -> Counts:
        """How many observations there were, by verdict."""
        found: Counts = Counter()
        for (_, verdict), times in list(self.verdicts.items()):
            found[verdict] += times
        return found

    @property
    def states(self) -> Mapping[CallState | None, int]:
        """How many records there are, by state; those that are `terminated` are tombstones."""
        return Counter(map(attrgetter("state"), list(self._records.values())))

    def known(self) -> Sequence[Record]:
        """Every call this process looks after, tombstones included, in no order."""
        return list(self._records.values())

    def live(self) -> Iterator[Record]:
        """Every call this process looks after that has not ended."""
        return (record for record in list(self._records.values()) if not record.ended)

    async def load(self, fence: Lease | None = None) -> Sequence[Record]:
        """Take over what the store holds. Every write is made under `fence` from now on."""
        self._records = {record.key: record async for record in self._store.records()}
        self._fence = fence
        return list(self._records.values())

    async def observe(self, key: str, observation: Observation, taken: Sequence[int] = ()) -> Observed:
        """Fold an observation into the record of `key`; `taken` are the inbox entries it came from."""
        while True:
            before = self._records.get(key) or await self._store.get(key)
            record, changes, verdict = fold(before, observation)
            wanted = tuple(filter(self._wanted, changes)) if changes else ()
            if record is None:
                await self._store.discard(taken, self._fence)
                break
            if before is not None and not (taken or changes) and record.says_no_more_than(before):
                self._records[key] = record  # the next write takes it along
                break
            record = record._replace(unhandled=record.unhandled + wanted, version=record.version + 1)
            if await self._write(record, taken):
                break
        self.verdicts[type(observation), verdict] += 1
        for change in changes:
            if isinstance(change, Transition):
                self.transitions[change.new, change.source] += 1
                self.inferred += change.inferred
        return Observed(record, changes, wanted, verdict)

    async def handled(self, key: str, change: Change, data: Document | None = None) -> Record | None:
        """Note that the handler of `change` has finished, be it the first time or the second that it ran.

        `data` is what the bot keeps of the call from now on, None when the handler has not changed it.
        """
        if isinstance(change, Transition) and change.redelivered:
            change = change._replace(redelivered=False)  # as it was kept
        while True:
            record = await self._known(key)
            if record is None:
                return None
            rest = _without(record.unhandled, change)
            if data is None and rest is record.unhandled:
                return record
            record = record._replace(
                unhandled=rest,
                data=record.data if data is None else data,
                version=record.version + 1,
            )
            if await self._write(record, ()):
                return record

    async def keep(self, key: str, data: Document) -> Record | None:
        """Keep a bot's own data with the record of `key`; None when there is none any more."""
        while True:
            record = await self._known(key)
            if record is None:
                return None
            record = record._replace(data=data, version=record.version + 1)
            if await self._write(record, ()):
                return record

    async def forget(self, key: str) -> None:
        """Drop a tombstone whose time has come."""
        record = self._records.pop(key, None)
        if record is not None:
            await self._store.forget(record, self._fence)

    async def _known(self, key: str) -> Record | None:
        record = self._records.get(key)
        return record if record is not None else await self._store.get(key)

    async def _write(self, record: Record, taken: Sequence[int]) -> bool:
        """Write `record`; False when somebody else was faster and it must be made anew.

        One that is kept already was written before, by a store that could not say so.
        """
        try:
            await self._store.put(record, taken, self._fence)
        except VersionConflict:
            if await self._store.get(record.key) != record:
                _log.info("record was written by somebody else, folding again")
                self._records.pop(record.key, None)
                return False
        self._records[record.key] = record
        return True


def _without(changes: tuple[Change, ...], done: Change) -> tuple[Change, ...]:
    """The changes without one that is done; the same tuple where it is not among them."""
    for place, one in enumerate(changes):
        if one == done and type(one) is type(done):  # tuples of different kinds may be equal
            return changes[:place] + changes[place + 1 :]
    return changes
