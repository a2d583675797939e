"""A read that shows nothing new costs no write; whatever it shows beyond that is written at once."""

from collections.abc import Sequence

import pytest

from callbot.errors import StoreError
from callbot.model import call_key
from callbot.registry import Registry
from callbot.state import KeptAlive, MediaChange, Read, Record, Transition, Verdict
from callbot.store import Lease, MemoryStore
from tests.state.wire import CALL_ID, state

KEY = call_key(CALL_ID)
DOCUMENT = {"id": CALL_ID, "state": "established", "subject": "Rehearsal"}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def registry(store: MemoryStore) -> Registry:
    """A registry that knows the call, and has read it once."""
    registry = Registry(store, lambda _: False)
    await registry.observe(KEY, state("established", at=1000.0))
    await registry.observe(KEY, Read(1100.0, 1099.0, DOCUMENT))
    return registry


async def stored(store: MemoryStore) -> Record:
    record = await store.get(KEY)
    assert record is not None
    return record


async def test_a_read_that_shows_nothing_new_is_known_and_not_written(
    store: MemoryStore, registry: Registry
) -> None:
    before = await stored(store)
    observed = await registry.observe(KEY, Read(1400.0, 1399.0, dict(DOCUMENT)))
    assert observed.verdict is Verdict.REPEATED
    assert observed.record is not None
    assert (observed.record.seen_at, observed.record.read_at) == (1400.0, 1399.0)
    assert registry.get(KEY) is observed.record
    assert await stored(store) is before


async def test_it_takes_no_memory_for_a_document_that_is_known(registry: Registry) -> None:
    before = registry.get(KEY)
    await registry.observe(KEY, Read(1400.0, 1399.0, dict(DOCUMENT)))
    after = registry.get(KEY)
    assert before is not None
    assert after is not None
    assert after.resource is before.resource


async def test_the_next_write_takes_along_when_the_call_was_seen(
    store: MemoryStore, registry: Registry
) -> None:
    await registry.observe(KEY, Read(1400.0, 1399.0, dict(DOCUMENT)))
    await registry.keep(KEY, {"menu": "main"})
    kept = await stored(store)
    assert (kept.seen_at, kept.read_at, kept.data) == (1400.0, 1399.0, {"menu": "main"})


@pytest.mark.parametrize(
    "document",
    [
        {**DOCUMENT, "subject": "Premiere"},
        {**DOCUMENT, "state": "terminated"},
        {**DOCUMENT, "state": "hold"},  # not believed yet, and remembered as a suspicion
        {"id": CALL_ID, "state": "established"},
    ],
)
async def test_a_read_that_shows_more_is_written(
    document: dict[str, object], store: MemoryStore, registry: Registry
) -> None:
    before = await stored(store)
    await registry.observe(KEY, Read(1400.0, 1399.0, document))
    assert await stored(store) is registry.get(KEY)
    assert (await stored(store)).version == before.version + 1


async def test_an_answered_doubt_is_written(store: MemoryStore, registry: Registry) -> None:
    await registry.observe(KEY, state("establishing", at=1200.0))
    assert (await stored(store)).doubt is not None
    await registry.observe(KEY, Read(1300.0, 1299.0, dict(DOCUMENT)))
    assert (await stored(store)).doubt is None


async def test_a_keep_alive_is_written(store: MemoryStore, registry: Registry) -> None:
    await registry.observe(KEY, KeptAlive(1500.0))
    assert (await stored(store)).kept_alive_at == 1500.0


async def test_of_changes_with_equal_values_that_one_is_done_whose_handler_has_finished() -> None:
    """Audio and transcription become active at once, and as tuples they are equal."""
    registry = Registry(MemoryStore(), lambda change: not isinstance(change, Transition))
    media, transcription = {"audio": "active"}, {"state": "active"}
    seen = state("established", mediaState=media, transcription=transcription)
    observed = await registry.observe(KEY, seen)
    audio, transcribed = observed.wanted
    assert isinstance(audio, MediaChange)
    assert audio == transcribed
    record = await registry.handled(KEY, transcribed)
    assert record is not None
    assert [type(one) for one in record.unhandled] == [MediaChange]


class Uncertain(MemoryStore):
    """Writes, and then says that it has not: what an answer is that was lost on its way."""

    uncertain = False

    async def put(self, record: Record, taken: Sequence[int] = (), fence: Lease | None = None) -> None:
        await super().put(record, taken, fence)
        if self.uncertain:
            self.uncertain = False
            raise StoreError("the answer was lost")


async def test_what_was_written_without_a_word_of_it_is_told_when_it_is_tried_again() -> None:
    store = Uncertain()
    registry = Registry(store, lambda _: True)
    await registry.observe(KEY, state("establishing", at=1000.0))
    store.uncertain = True
    with pytest.raises(StoreError):
        await registry.observe(KEY, state("established", at=1001.0))
    again = await registry.observe(KEY, state("established", at=1001.0))
    (change,) = again.wanted
    assert isinstance(change, Transition)
    store.uncertain = True
    with pytest.raises(StoreError):
        await registry.handled(KEY, change)
    record = await registry.handled(KEY, change)
    assert record is not None
    assert change not in record.unhandled
    assert await store.get(KEY) == registry.get(KEY) == record
