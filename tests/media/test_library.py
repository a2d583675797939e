"""Which prompts the library takes, and what it gives out for them."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbot.errors import ConfigurationError, PromptError
from callbot.media import PromptLibrary
from callbot.media import library as library_module
from callbot.media import wav as wav_module

Build = Callable[..., bytes]
BASE = "https://bot.example.com/teams/prompts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bot"
    made.mkdir()
    return made


@pytest.fixture
def library(folder: Path) -> PromptLibrary:
    return PromptLibrary(BASE, [folder])


def name_of(library: PromptLibrary, source: str | Path) -> str:
    name = library.prompt(source).resource_id
    assert name is not None
    return name


def refusal(library: PromptLibrary, source: str | Path) -> str:
    with pytest.raises(PromptError) as raised:
        library.prompt(source)
    return str(raised.value)


def test_a_file_gets_an_address_and_a_resource_id_made_of_its_content(
    library: PromptLibrary, folder: Path, wav: Build
) -> None:
    (folder / "a.wav").write_bytes(wav())
    (folder / "b.wav").write_bytes(wav())
    (folder / "c.wav").write_bytes(wav(seconds=0.2))
    first = library.prompt("a.wav")
    assert first.uri == f"{BASE}/{first.resource_id}.wav"
    assert library.prompt("b.wav") == first
    assert library.prompt("c.wav") != first
    assert library.content(name_of(library, "a.wav")) == wav()


def test_another_replica_gives_the_same_content_the_same_name(
    tmp_path: Path, library: PromptLibrary, folder: Path, wav: Build
) -> None:
    (folder / "a.wav").write_bytes(wav())
    (tmp_path / "copy.wav").write_bytes(wav())
    other = PromptLibrary(BASE + "/", [tmp_path])
    assert other.prompt("copy.wav") == library.prompt("a.wav")


def test_an_absolute_path_inside_a_root_is_taken(library: PromptLibrary, folder: Path, wav: Build) -> None:
    (folder / "a.wav").write_bytes(wav())
    assert library.prompt(folder / "a.wav") == library.prompt("a.wav") == library.prompt("./x/../a.wav")


def test_the_roots_are_searched_in_order(tmp_path: Path, folder: Path, wav: Build) -> None:
    (tmp_path / "a.wav").write_bytes(wav(seconds=0.2))
    (tmp_path / "b.wav").write_bytes(wav(seconds=0.3))
    (folder / "a.wav").write_bytes(wav())
    library = PromptLibrary(BASE, [folder, tmp_path])
    assert library.content(name_of(library, "a.wav")) == wav()
    assert library.content(name_of(library, "b.wav")) == wav(seconds=0.3)


def test_a_missing_file_says_which_absolute_paths_were_tried(tmp_path: Path, folder: Path) -> None:
    library = PromptLibrary(BASE, [folder, tmp_path / "more"])
    assert f"{folder}/no.wav or {tmp_path}/more/no.wav" in refusal(library, "no.wav")


def test_a_root_does_not_move_with_the_working_directory(
    tmp_path: Path, folder: Path, wav: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.wav").write_bytes(wav())
    monkeypatch.chdir(tmp_path)
    library = PromptLibrary(BASE, [Path("bot")])
    monkeypatch.chdir("/")
    assert library.prompt("a.wav").uri


@pytest.mark.parametrize("way", ["../secret.wav", "x/../../secret.wav", "link.wav", "up/secret.wav"])
def test_no_path_leads_out_of_the_roots(
    library: PromptLibrary, folder: Path, tmp_path: Path, wav: Build, way: str
) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav())
    (folder / "link.wav").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    assert f"{secret} is outside the folders prompts may come from ({folder})" in refusal(library, way)
    assert "is outside" in refusal(library, secret)


def test_a_link_that_stays_inside_the_root_is_followed(
    library: PromptLibrary, folder: Path, wav: Build
) -> None:
    (folder / "..data").mkdir()
    (folder / "..data" / "a.wav").write_bytes(wav())
    (folder / "a.wav").symlink_to(folder / "..data" / "a.wav")
    assert library.content(name_of(library, "a.wav")) == wav()


def test_a_file_that_cannot_be_played_is_refused_with_its_path(
    library: PromptLibrary, folder: Path, wav: Build
) -> None:
    (folder / "a.wav").write_bytes(wav(channels=2, rate=44_100))
    assert f"{folder}/a.wav: stereo, 44100 Hz; " in refusal(library, "a.wav")
    (folder / "a.wav").write_bytes(wav())
    assert library.prompt("a.wav").uri


def test_what_is_no_file_is_refused(library: PromptLibrary, folder: Path) -> None:
    os.mkfifo(folder / "pipe.wav")
    (folder / "loop.wav").symlink_to(folder / "loop.wav")
    assert "is a folder" in refusal(library, ".")
    assert "is a folder" in refusal(library, "")
    assert "not a regular file" in refusal(library, "pipe.wav")
    assert "cannot look for" in refusal(library, "loop.wav")
    assert "control characters" in refusal(library, "a\0.wav")
    assert "control characters" in refusal(library, "a\nb.wav")
    assert "cannot look for" in refusal(library, "x" * 5000)


def test_a_huge_file_is_refused_without_reading_it_whole(
    library: PromptLibrary, folder: Path, wav: Build
) -> None:
    with (folder / "huge.wav").open("wb") as file:
        file.write(wav())
        file.truncate(1024**4)  # sparse
    assert f"larger than {wav_module.MAX_BYTES} bytes" in refusal(library, "huge.wav")


def test_a_file_that_changed_gets_a_new_name_and_the_old_one_keeps_its_content(
    library: PromptLibrary, folder: Path, wav: Build
) -> None:
    path = folder / "a.wav"
    path.write_bytes(wav())
    before = name_of(library, "a.wav")
    path.write_bytes(wav(seconds=0.2))
    after = name_of(library, "a.wav")
    path.unlink()
    assert before != after
    assert library.content(before) == wav()
    assert library.content(after) == wav(seconds=0.2)


def test_a_change_that_keeps_size_and_time_is_seen(library: PromptLibrary, folder: Path, wav: Build) -> None:
    path = folder / "a.wav"
    path.write_bytes(wav())
    before, times = name_of(library, "a.wav"), path.stat()
    other = folder / "new.wav"
    other.write_bytes(wav(sample=b"\x03\x04"))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)
    assert path.stat().st_size == times.st_size
    assert path.stat().st_mtime_ns == times.st_mtime_ns
    assert name_of(library, "a.wav") != before


def test_an_unchanged_file_is_checked_once(
    library: PromptLibrary, folder: Path, wav: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.wav").write_bytes(wav())
    first = library.prompt("a.wav")
    monkeypatch.setattr(library_module, "read", None)  # a second reading would fail
    assert library.prompt("a.wav") == first


def test_content_that_had_to_make_room_is_read_again(folder: Path, wav: Build) -> None:
    library = PromptLibrary(BASE, [folder], memory=len(wav()) + 10)
    for index in range(3):
        (folder / f"{index}.wav").write_bytes(wav(sample=bytes([index])))
    names = [name_of(library, f"{index}.wav") for index in range(3)]
    for index in (0, 1, 2, 0):
        assert library.content(names[index]) == wav(sample=bytes([index]))


def test_content_that_had_to_make_room_and_changed_is_not_served(
    folder: Path, wav: Build, caplog: pytest.LogCaptureFixture
) -> None:
    library = PromptLibrary(BASE, [folder], memory=0)
    path = folder / "a.wav"
    path.write_bytes(wav())
    name = name_of(library, "a.wav")
    with caplog.at_level(logging.WARNING):
        path.write_bytes(wav(seconds=0.2))
        assert library.content(name) is None
        path.unlink()
        assert library.content(name) is None
        path.write_bytes(wav())
        assert library.content(name) == wav()
    assert len(caplog.records) == 2


def test_a_bot_that_speaks_a_new_file_for_every_sentence_does_not_fill_the_memory(
    folder: Path, wav: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_MOST_FILES", 3)
    library = PromptLibrary(BASE, [folder], memory=3 * len(wav()))
    names = []
    for index in range(10):
        path = folder / f"{index}.wav"
        path.write_bytes(wav(sample=bytes([index])))
        names.append(name_of(library, path))
        path.unlink()
    assert [library.content(name) is not None for name in names] == [False] * 7 + [True] * 3
    assert len(library._checked) == len(library._origins) == len(library._shelf._kept) == 3


def test_what_was_not_given_out_is_not_there(library: PromptLibrary, folder: Path, wav: Build) -> None:
    (folder / "a.wav").write_bytes(wav())
    for name in ("a", "a.wav", str(folder / "a"), "../bot/a", ""):
        assert library.content(name) is None


def test_an_https_address_is_passed_on_with_an_id_of_its_own(library: PromptLibrary) -> None:
    first = library.prompt("https://cdn.example.com/a.wav?sig=x")
    assert first.uri == "https://cdn.example.com/a.wav?sig=x"
    assert first.resource_id == name_of(library, "https://cdn.example.com/a.wav?sig=x")
    assert first.resource_id != name_of(library, "https://cdn.example.com/a.wav?sig=y")
    assert library.content(name_of(library, "https://cdn.example.com/a.wav?sig=x")) is None


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://cdn.example.com/a.wav", "over https only, not http:"),
        ("file:///etc/passwd", "over https only, not file:"),
        ("data:audio/wav;base64,AAAA", "over https only, not data:"),
        ("https:///a.wav", "names no host"),
        ("https://cdn.example.com:99999/a.wav", "not a valid URL"),
        ("https://[::1/a.wav", "not a valid URL"),
        ("https://cdn.example.com/my prompt.wav", "percent-encode"),
        ("https://cdn.example.com/a.wav\r\nX-Y: z", "percent-encode"),
        ("https://me:hunter2@cdn.example.com/a.wav?sig=hunter2", "leave them out"),
    ],
)
def test_an_address_the_platform_could_not_fetch_is_refused(
    library: PromptLibrary, address: str, said: str
) -> None:
    message = refusal(library, address)
    assert said in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "base", ["http://bot.example.com", "bot.example.com", "https://", "https://a/?x=1", ""]
)
def test_a_base_address_that_is_not_https_is_refused(folder: Path, base: str) -> None:
    with pytest.raises(ConfigurationError, match="https://host"):
        PromptLibrary(base, [folder])


def test_a_library_without_a_folder_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least one folder"):
        PromptLibrary(BASE, [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=60) | st.builds("https://{}".format, st.text(max_size=60)))
def test_arbitrary_text_is_a_prompt_or_a_prompt_error(library: PromptLibrary, source: str) -> None:
    try:
        found = library.prompt(source)
    except PromptError:
        return
    assert found.uri == source  # only an address can be: the folder is empty


def test_threads_may_share_a_library(folder: Path, wav: Build) -> None:
    library = PromptLibrary(BASE, [folder], memory=2 * len(wav()))
    for index in range(4):
        (folder / f"{index}.wav").write_bytes(wav(sample=bytes([index])))
    right: list[bool] = []

    def play(index: int) -> None:
        name = f"{index}.wav"
        right.extend(library.content(name_of(library, name)) == wav(sample=bytes([index])) for _ in range(50))

    threads = [threading.Thread(target=play, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 200


def test_a_missing_prompt_is_named_once_also_when_two_roots_are_one_folder(folder: Path) -> None:
    message = refusal(PromptLibrary(BASE, [folder, folder]), "gone.wav")
    assert message == f"there is no prompt file {folder / 'gone.wav'}"
