"""From the URL to the store."""

import sys
from pathlib import Path

import pytest

from callbot import ConfigurationError
from callbot.store import MemoryStore, open_store
from callbot.store.sqlite import SqliteStore


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
