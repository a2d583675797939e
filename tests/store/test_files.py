"""What can be wrong with a database file: each gets a clear error, and nothing is acknowledged and lost."""

import asyncio
import logging
import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbot import StoreError, VersionConflict
from callbot.store.sqlite import SqliteStore
from callbot.store.sqlite.schema import MIGRATIONS
from callbot.testing.stores.base import notified, put, record, records_of
from tests.store.database import filled, opened

NOBODY = 65534


async def refusal(path: Path) -> str:
    """Open what cannot be opened; nothing may be changed by it, and no thread may be left behind."""
    before = path.read_bytes() if path.is_file() else None
    store = SqliteStore(path)
    with pytest.raises(StoreError) as refused:
        await store.open()
    await store.close()
    assert before is None or path.read_bytes() == before
    return str(refused.value)


async def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    async with opened(path) as store:
        await put(store, record())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert modes == {"calls.db": 0o600, "calls.db-wal": 0o600, "calls.db-shm": 0o600}


async def test_a_file_that_others_can_read_is_reported(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.touch(0o644)
    async with opened(path):
        pass
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    assert "can be read by other users" in caplog.text


async def test_nothing_that_is_stored_reaches_a_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with opened(path) as store:
            await store.accept([notified(1, token="a-secret-token")])
    assert "a-secret-token" not in caplog.text


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    assert "not an SQLite database" in await refusal(path)


async def test_a_database_of_another_program_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmark (url TEXT)")
    other.close()
    assert "the database of another program" in await refusal(path)


async def test_a_database_of_a_newer_callbot_is_refused(path: Path) -> None:
    await filled(path)
    later = sqlite3.connect(path)
    later.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    later.close()
    message = await refusal(path)
    assert "a newer callbot has written it" in message
    assert f"its version is {len(MIGRATIONS) + 1}, this callbot knows up to {len(MIGRATIONS)}" in message


@pytest.mark.parametrize("part", [0.5, 0.9])
async def test_a_truncated_database_is_refused(path: Path, part: float) -> None:
    await filled(path, records=200)
    os.truncate(path, int(path.stat().st_size * part))
    assert "it is corrupt" in await refusal(path)


async def test_a_database_with_garbage_in_it_is_refused(path: Path) -> None:
    await filled(path, records=200)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)
    assert "it is corrupt" in await refusal(path)


async def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "its folder does not exist: mkdir -p" in await refusal(tmp_path / "nowhere" / "calls.db")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "it is a folder" in await refusal(tmp_path)


@pytest.fixture
def foreign_folder() -> Iterator[Path]:
    """A folder that the process may not write to; the superuser, who may always, becomes nobody."""
    with tempfile.TemporaryDirectory(prefix="callbot-") as name:
        folder = Path(name)
        superuser = os.geteuid() == 0
        if superuser:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if superuser:
                os.seteuid(0)
            folder.chmod(0o700)


async def test_a_read_only_folder_is_refused(foreign_folder: Path) -> None:
    foreign_folder.chmod(0o500)
    assert "it is not permitted" in await refusal(foreign_folder / "calls.db")


async def test_a_read_only_file_is_refused(foreign_folder: Path) -> None:
    path = foreign_folder / "calls.db"
    await filled(path)
    path.chmod(0o400)
    assert "it is not permitted" in await refusal(path)


async def test_a_file_that_becomes_read_only_while_it_is_looked_at_is_refused(
    foreign_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = foreign_folder / "calls.db"
    await filled(path)
    path.chmod(0o400)
    monkeypatch.setattr("callbot.store.sqlite.opening._prepare", lambda _: None)
    assert "it is read-only" in await refusal(path)


async def test_a_database_in_a_folder_that_became_read_only_is_refused(foreign_folder: Path) -> None:
    path = foreign_folder / "calls.db"
    await filled(path)
    foreign_folder.chmod(0o500)
    assert "it is read-only" in await refusal(path)


async def test_an_older_database_is_brought_to_the_version_of_today(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path)
    later = (*MIGRATIONS, ("ALTER TABLE record ADD COLUMN mood TEXT", "UPDATE record SET mood = 'good'"))
    monkeypatch.setattr("callbot.store.sqlite.schema.MIGRATIONS", later)
    async with opened(path):
        pass
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA user_version").fetchone() == (len(later),)
    assert other.execute("SELECT mood FROM record").fetchall() == [("good",)]
    other.close()


async def test_a_migration_that_fails_leaves_the_version_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(path)
    broken = (*MIGRATIONS, ("ALTER TABLE record ADD COLUMN mood TEXT", "UPDATE missing SET mood = 1"))
    with monkeypatch.context() as patch:
        patch.setattr("callbot.store.sqlite.schema.MIGRATIONS", broken)
        with pytest.raises(StoreError, match="no such table"):
            await SqliteStore(path).open()
    async with opened(path) as store:
        assert len(await records_of(store)) == 1
        await put(store, record("another"))


async def test_many_may_make_the_same_new_database_at_once(path: Path) -> None:
    stores = [SqliteStore(path) for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    outcomes = await asyncio.gather(*(put(store, record()) for store in stores), return_exceptions=True)
    assert sum(isinstance(one, VersionConflict) for one in outcomes) == len(stores) - 1
    await asyncio.gather(*(store.close() for store in stores))
