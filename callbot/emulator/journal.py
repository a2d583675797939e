"""The log of the emulator: what it received, what it sent and what happened, in one sequence.

A test compares it with what a bot's handlers heard. Nothing in it is a secret: tokens, passcodes and
media blobs are taken out before an entry is made.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import ClassVar, TypeVar

from callbot.emulator.wire import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `at` is in seconds since the Unix epoch, by the emulator's clock."""

    kind: ClassVar[str] = "entry"
    seq: int
    at: float
    call: str | None = None

    def as_json(self) -> JsonObject:
        """Return the entry as the control API shows it."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry(Entry):
    """A request the emulator received. `code` is the error code of its answer; no `status`, no answer."""

    kind: ClassVar[str] = "request"
    method: str
    path: str
    status: int | None
    code: str | None = None
    app_id: str | None = None
    request_id: str | None = None
    body: object = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackEntry(Entry):
    """A callback the emulator sent. `status` is None when no answer came; `error` then says why.

    `at` is when it was sent, and `took` the seconds until there was an answer, or no hope of one.
    """

    kind: ClassVar[str] = "callback"
    url: str
    message_id: str
    attempt: int
    status: int | None
    error: str | None
    took: float
    notifications: object
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionEntry(Entry):
    """A change of a call's state; `number` counts them per call, from 1. `old` is None for a new call."""

    kind: ClassVar[str] = "transition"
    number: int
    old: str | None
    new: str
    why: str
    code: int | None = None
    subcode: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEntry(Entry):
    """A fault that was applied, and to what."""

    kind: ClassVar[str] = "fault"
    fault: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEntry(Entry):
    """Something that happened in the emulated world and that no other kind of entry tells."""

    kind: ClassVar[str] = "note"
    what: str
    data: object = None


AnyEntry = TypeVar("AnyEntry", bound=Entry)


class Journal:
    """Keeps the last `limit` entries and lets a test wait for one."""

    def __init__(self, now: Callable[[], float], limit: int) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._seq = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, kind: type[AnyEntry], *, at: float | None = None, **data: object) -> AnyEntry:
        """Append an entry of `kind` with its fields in `data`, and wake whoever waits."""
        self._seq += 1
        entry = kind(seq=self._seq, at=self._now() if at is None else at, **data)  # type: ignore[arg-type]  # checked by the dataclass
        self._entries.append(entry)
        self.wake()
        return entry

    def of(self, kind: type[AnyEntry], call: str | None = None) -> list[AnyEntry]:
        """Return the entries of one kind, of one call when `call` is given."""
        return [
            entry
            for entry in self._entries
            if isinstance(entry, kind) and (call is None or entry.call == call)
        ]

    def wake(self) -> None:
        """Let everything that waits look again."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` is true; it is looked at whenever something happened."""
        while not condition():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()


def entry_kinds() -> dict[str, type[Entry]]:
    """Return the kinds of entries by the name the control API uses."""
    return {kind.kind: kind for kind in Entry.__subclasses__() if fields(kind)}
