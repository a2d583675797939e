"""A row that nobody can read any more: it is set aside, and stands in nobody's way."""

from pathlib import Path

import pytest

from callbot import StoreError
from callbot.store.encoding import encode
from callbot.store.sqlite import SqliteStore
from callbot.testing.stores.base import inbox_of, notified, put, record, records_of
from tests.store.database import foreign, opened

DAMAGE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"format": 1}',
    b'{"format": "x"}',
    b"\x00\x01",
    b'{"format": 1, "at": "\xff',
]


async def fill(path: Path) -> None:
    async with opened(path) as store:
        for key in "abc":
            await put(store, record(key))
        await store.accept([notified(number) for number in (1, 2, 3)])


def damage(path: Path, document: bytes) -> None:
    with foreign(path) as other:
        other.execute("UPDATE record SET document = CAST(? AS TEXT) WHERE key = 'b'", (document,))
        other.execute("UPDATE inbox SET document = CAST(? AS TEXT) WHERE number = 2", (document,))


@pytest.mark.parametrize("document", DAMAGE)
async def test_the_others_are_read(path: Path, document: bytes, caplog: pytest.LogCaptureFixture) -> None:
    await fill(path)
    damage(path, document)
    async with opened(path) as store:
        assert [one.key for one in await records_of(store)] == ["a", "c"]
        assert [entry.number for entry in await inbox_of(store)] == [1, 3]
        assert store.counts["damaged"] == 2
        assert caplog.text.count("damaged row was set aside") == 2
        await records_of(store)
        await inbox_of(store)
        assert store.counts["damaged"] == 2, "once"
    with foreign(path) as other:
        kept = other.execute("SELECT origin, key, document FROM damaged ORDER BY origin").fetchall()
    assert kept == [("inbox", "2", document), ("record", "b", document)]


@pytest.mark.parametrize("resource", ["[]", "null", '"x"', '{"a":' * 700 + "1" + "}" * 700])
async def test_a_record_whose_document_is_none_keeps_no_other_from_being_read(
    path: Path, resource: str
) -> None:
    await fill(path)
    document = f'{encode(record("b"))[:-1]},"resource":{resource}}}'.encode()
    with foreign(path) as other:
        other.execute("UPDATE record SET document = CAST(? AS TEXT) WHERE key = 'b'", (document,))
    async with opened(path) as store:
        assert [one.key for one in await records_of(store)] == ["a", "c"]
        assert store.counts["damaged"] == 1


async def test_a_call_whose_record_is_damaged_begins_anew(path: Path) -> None:
    await fill(path)
    damage(path, b"{")
    async with opened(path) as store:
        assert await store.get("b") is None
        assert (await put(store, record("b"))).version == 1
        assert [one.key for one in await records_of(store)] == ["a", "b", "c"]


async def test_what_a_newer_callbot_wrote_is_not_damaged_and_stays(path: Path) -> None:
    await fill(path)
    damage(path, b'{"format": 2}')
    async with opened(path) as store:
        with pytest.raises(StoreError, match="newer callbot"):
            await records_of(store)
        assert [entry.number for entry in await inbox_of(store)] == [1, 3]
    with foreign(path) as other:
        assert other.execute("SELECT count(*) FROM damaged").fetchone() == (0,)


async def test_what_a_newer_callbot_has_accepted_waits_for_it_and_holds_nothing_up(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In a rolling upgrade it accepts callbacks before it takes over."""
    await fill(path)
    with foreign(path) as other:
        other.execute("UPDATE inbox SET document = json_set(document, '$.later', 1) WHERE number < 3")
    async with opened(path) as store:
        for _ in range(3):
            assert [entry.number for entry in await inbox_of(store)] == [3]
        assert caplog.text.count("notifications are left for a later callbot") == 1
    with foreign(path) as other:
        other.execute("UPDATE inbox SET document = json_remove(document, '$.later')")
    async with opened(path) as store:
        assert [entry.number for entry in await inbox_of(store)] == [1, 2, 3]


async def test_two_processes_that_meet_the_same_row_set_it_aside(path: Path) -> None:
    await fill(path)
    damage(path, b"{")
    async with opened(path) as one, opened(path) as two:
        for store in (one, two):
            assert [entry.number for entry in await inbox_of(store)] == [1, 3]
            assert len(await records_of(store)) == 2


async def test_the_rows_of_a_closed_store_are_asked_for_in_vain(path: Path) -> None:
    with pytest.raises(StoreError):
        await records_of(SqliteStore(path))
