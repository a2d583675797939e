"""What the checks of a store stand on: a store at hand, things to put into it, and refusals."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import ClassVar, TypeVar

from callbot.clock import Clock
from callbot.model import CallState, ChangeType, ResourcePath, ResultInfo
from callbot.state import Notified, Record, Source, Transition
from callbot.store import Entry, Lease, Store
from callbot.testing.clock import ManualClock

Opener = Callable[[str, Clock | None], Store]
E = TypeVar("E", bound=Exception)

CALL_ID = "2f1b0a00-6a4e-4c55-8d0a-3f0f3b7a9c11"
APP_ID = "9d6f4a52-11aa-4f7c-8a7e-6b1c2d3e4f50"
TENANT_ID = "c3a1b2d4-77ee-4b0a-9c53-0d1e2f3a4b5c"


class Checks:
    """The base of all checks. `url` names the data of one test, `clock` is what leases run on."""

    opener: ClassVar[str] = "callbot.store:open_store"
    url = "memory://"
    clock: ManualClock

    def setup_method(self) -> None:
        """Start each test with a clock of its own."""
        self.clock = ManualClock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        """A store on the data of this test, open until the block ends."""
        store = opener_named(self.opener)(self.url, self.clock)
        await store.open()
        try:
            yield store
        finally:
            await store.close()


def opener_named(name: str) -> Opener:
    """Return the function that `name` (`module:function`) stands for."""
    module, _, function = name.partition(":")
    found: Opener = getattr(import_module(module), function)
    return found


async def refused(awaitable: Awaitable[object], kind: type[E]) -> E:
    """Await what must be refused with `kind`, and return the refusal."""
    try:
        await awaitable
    except kind as refusal:
        return refusal
    raise AssertionError(f"was not refused with {kind.__name__}")


async def records_of(store: Store) -> list[Record]:
    """Every record of a store, by key."""
    return sorted([record async for record in store.records()], key=lambda record: record.key)


async def inbox_of(store: Store, after: int = 0) -> list[Entry]:
    """The inbox of a store, in its own order."""
    return [entry async for entry in store.inbox(after)]


async def put(store: Store, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> Record:
    """Write what was made from `record`, and return it as the store keeps it."""
    written = record._replace(version=record.version + 1)
    await store.put(written, taken, fence)
    return written


def record(key: str = "a", *, state: CallState = CallState.ESTABLISHED, at: float = 1.0) -> Record:
    """A record that was never stored."""
    return Record(
        key=key,
        id=CALL_ID,
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        first_seen_at=at,
        seen_at=at,
        state_at=at,
        state=state,
        resource={"id": CALL_ID, "state": state.value},
    )


def tombstone(key: str, ended_at: float, *, unhandled: bool = False) -> Record:
    """The record of a call that has ended."""
    end = Transition(
        call_id=CALL_ID,
        seq=2,
        old=CallState.ESTABLISHED,
        new=CallState.TERMINATED,
        source=Source.NOTIFICATION,
        at=ended_at,
        result=ResultInfo.view({"code": 200}),
    )
    ended = record(key, state=CallState.TERMINATED, at=ended_at)
    return ended._replace(unhandled=(end,)) if unhandled else ended


def notified(number: int, **data: object) -> Notified:
    """A notification that can be told from others by its number."""
    return Notified(
        at=float(number),
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        call_id=CALL_ID,
        path=ResourcePath.of_call(CALL_ID),
        change_type=ChangeType.UPDATED,
        data={"@odata.type": "#microsoft.graph.call", "number": number, **data},
    )
