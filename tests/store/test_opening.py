"""From the URL to the store."""

import asyncio
import sys
from pathlib import Path

import pytest

from callbot import ConfigurationError, StoreError
from callbot.store import MemoryStore, file_of, open_store
from callbot.store.sqlite import SqliteStore
from tests.state.wire import APP_ID


def test_the_store_is_named_by_its_url(tmp_path: Path) -> None:
    assert isinstance(open_store("memory://"), MemoryStore)
    assert isinstance(open_store(f"sqlite:///{tmp_path}/calls.db"), SqliteStore)


@pytest.mark.parametrize("url", ["mysql://x", "nonsense", ""])
def test_a_store_callbot_does_not_have_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="has no such store"):
        open_store(url)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite://calls.db", "sqlite:///:memory:", "sqlite://host/calls.db"]
)
def test_an_sqlite_url_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="names no file"):
        open_store(url)


@pytest.mark.parametrize("query", ["synchronous=off", "synchronous=", "journal=wal"])
def test_an_unknown_option_of_an_sqlite_url_is_refused(query: str) -> None:
    with pytest.raises(ConfigurationError, match="synchronous=full or synchronous=normal"):
        open_store(f"sqlite:///calls.db?{query}")


@pytest.mark.parametrize("url", ["sqlite:/calls.db", "sqlite:calls.db"])
def test_too_few_slashes_are_answered_with_the_right_ones(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite:///calls\.db .* sqlite:////calls\.db"):
        open_store(url)


async def test_three_slashes_name_a_file_in_the_working_folder_and_four_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///here%20it%20is.db", f"sqlite:///{tmp_path}/full.db"):
        store = open_store(url)
        await store.open()
        await store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full.db", "here it is.db"]


def test_a_file_is_the_same_however_it_is_spelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "calls.db")
    spelt = (
        "calls.db",
        "./calls.db",
        f"{tmp_path}/x/../calls.db",
        "c%61lls.db?synchronous=normal",
        "link.db",
    )
    assert {file_of(f"sqlite:///{one}") for one in spelt} == {tmp_path.resolve() / "calls.db"}
    assert file_of("sqlite:///other.db") != file_of("sqlite:///calls.db")
    assert file_of("memory://") is None


async def test_a_store_is_of_one_bot(tmp_path: Path) -> None:
    url, another = f"sqlite:////{tmp_path}/calls.db", "6b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
    for app_id in (None, APP_ID, APP_ID.upper(), None):
        store = open_store(url, app_id=app_id)
        await store.open()
        await store.close()
    with pytest.raises(StoreError, match=f"the bot with app_id {APP_ID}, not of {another}: give each"):
        await open_store(url, app_id=another).open()


async def test_of_two_bots_that_open_a_new_store_at_once_one_has_it(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:////{tmp_path}/calls.db", app_id=f"app {number}") for number in range(4)]
    outcomes = await asyncio.gather(*(store.open() for store in stores), return_exceptions=True)
    assert [type(one) for one in outcomes].count(StoreError) == 3
    await asyncio.gather(*(store.close() for store in stores))


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("callbot.store.sqlite")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiosqlite", None)
    with pytest.raises(ConfigurationError, match=r"pip install '/path/to/callbot\[sqlite\]'"):
        open_store("sqlite:///calls.db")


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "rediss://user:secret@redis.example"])
def test_the_shared_store_that_is_not_there_yet_is_said_to_be_so(url: str) -> None:
    with pytest.raises(ConfigurationError, match="several machines share is not in this version") as refused:
        open_store(url)
    assert "secret" not in str(refused.value)
