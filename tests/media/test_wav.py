"""What the check of a WAV file lets through, and what it says about the rest."""

import io
import shlex
import wave
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbot.errors import PromptError
from callbot.media import wav as wav_module
from callbot.media.wav import Wav, check_wav

Build = Callable[..., bytes]
PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
FLOAT_GUID = bytes.fromhex("0300000000001000800000aa00389b71")
WITH_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def fault(content: bytes, name: str = "/prompts/a.wav") -> str:
    with pytest.raises(PromptError) as raised:
        check_wav(content, name)
    return str(raised.value)


def test_a_playable_file_is_measured(wav: Build) -> None:
    content = wav(seconds=1.5)
    assert check_wav(content, "a.wav") == Wav(seconds=1.5, bytes=len(content))


def test_what_the_standard_library_writes_is_playable() -> None:
    target = io.BytesIO()
    with wave.open(target, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(b"\0\0" * 800)
    assert check_wav(target.getvalue(), "a.wav").seconds == 0.05


def test_the_extensible_header_is_playable_when_it_says_pcm(wav: Build) -> None:
    assert check_wav(wav(tag=0xFFFE, guid=PCM_GUID), "a.wav").seconds == 0.1


def test_chunks_of_odd_size_before_and_after_the_sound_are_passed_over(wav: Build, riff: Build) -> None:
    content = wav(before=riff(b"LIST", b"odd"), after=riff(b"id3 ", b"12345"))
    assert check_wav(content, "a.wav").seconds == 0.1


def test_bytes_after_the_riff_frame_do_not_matter(wav: Build) -> None:
    assert check_wav(wav() + b"trailing", "a.wav").seconds == 0.1


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"channels": 2, "rate": 44_100}, "stereo, 44100 Hz;"),
        ({"channels": 6}, "6 channels;"),
        ({"bits": 8}, "8-bit;"),
        ({"bits": 24, "rate": 48_000}, "48000 Hz, 24-bit;"),
        ({"bits": 32, "tag": 3}, "floating point;"),
        ({"bits": 8, "rate": 8_000, "tag": 7}, "8000 Hz, mu-law;"),
        ({"tag": 0x1234}, "codec 0x1234;"),
        ({"tag": 0xFFFE, "guid": FLOAT_GUID}, "floating point;"),
        ({"tag": 0xFFFE, "guid": b"\x01" * 16}, "a damaged format chunk;"),
        ({"tag": 0xFFFE}, "a damaged format chunk;"),
        ({"seconds": 0}, "no sound in it;"),
    ],
)
def test_everything_that_is_wrong_with_the_format_is_named(
    wav: Build, what: dict[str, object], said: str
) -> None:
    assert fault(wav(**what)).startswith(f"/prompts/a.wav: {said}")


def test_the_message_brings_commands_that_convert_the_file(wav: Build) -> None:
    message = fault(wav(channels=2), "/my prompts/wel come.wav")
    for line in (line for line in message.splitlines() if line.startswith("  ")):
        words = shlex.split(line)
        assert words[0] in {"ffmpeg", "sox"}
        assert "/my prompts/wel come.wav" in words
        assert "/my prompts/wel come-16k.wav" in words
        assert "16000" in words
    assert "ffmpeg" in message
    assert "sox" in message


def test_a_name_that_looks_like_an_option_is_not_one_in_the_commands() -> None:
    for line in fault(b"", "-y.wav").splitlines()[1::2]:
        assert {"./-y.wav", "./-y-16k.wav"} <= set(shlex.split(line))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"ID3\x04" + b"\0" * 60, "an MP3 file"),
        (b"\xff\xfb\x90" + b"\0" * 60, "an MP3 file"),
        (b"OggS" + b"\0" * 60, "an Ogg file"),
        (b"fLaC" + b"\0" * 60, "a FLAC file"),
        (b"\0\0\0\x20ftypM4A " + b"\0" * 60, "an MP4 or M4A file"),
        (b"RF64" + b"\0" * 60, "an RF64 file"),
        (b"<!DOCTYPE html>", "not a WAV file"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(content: bytes, said: str) -> None:
    assert said in fault(content)


def test_a_file_that_was_cut_says_how_much_is_missing(wav: Build) -> None:
    content = wav()
    assert f"truncated: its header says {len(content)} bytes, there are 100" in fault(content[:100])


def test_sound_that_leaves_the_riff_frame_is_truncated(wav: Build) -> None:
    content = bytearray(wav())
    content[4:8] = (100).to_bytes(4, "little")
    assert "truncated: 3200 bytes of sound announced, 64 there" in fault(bytes(content))


@pytest.mark.parametrize("size", [b"\0\0\0\0", b"\xff\xff\xff\xff"])
def test_a_header_that_a_pipe_left_open_is_explained(wav: Build, size: bytes) -> None:
    content = bytearray(wav())
    content[4:8] = size
    assert "never finished" in fault(bytes(content))


def test_a_sound_size_that_a_pipe_left_open_is_explained(wav: Build) -> None:
    content = bytearray(wav())
    content[40:44] = b"\xff\xff\xff\xff"
    assert "never finished" in fault(bytes(content))


def test_a_file_that_ends_before_its_sound_is_refused(riff: Build, wav: Build) -> None:
    assert "there is no sound in it" in fault(riff(b"RIFF", b"WAVE" + wav()[12:36]))


def test_half_a_sample_is_refused(riff: Build, wav: Build) -> None:
    head = wav()[12:36]
    assert "cut in the middle of a sample" in fault(riff(b"RIFF", b"WAVE" + head + riff(b"data", b"123")))


def test_sound_without_a_format_before_it_is_refused(riff: Build) -> None:
    assert "no format chunk" in fault(riff(b"RIFF", b"WAVE" + riff(b"data", b"1234")))


def test_a_format_chunk_that_is_too_short_is_refused(riff: Build) -> None:
    assert "damaged format" in fault(riff(b"RIFF", b"WAVE" + riff(b"fmt ", b"\x01\x00\x01\x00")))


def test_a_header_that_contradicts_itself_is_refused(wav: Build) -> None:
    content = bytearray(wav())
    content[28:32] = (1).to_bytes(4, "little")
    assert "contradicts itself" in fault(bytes(content))


def test_a_file_larger_than_the_limit_is_refused(wav: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav_module, "MAX_BYTES", 1000)
    assert "larger than 1000 bytes" in fault(wav())


@given(st.binary(max_size=200), st.text(max_size=30))
def test_arbitrary_bytes_raise_nothing_but_a_prompt_error(content: bytes, name: str) -> None:
    with pytest.raises(PromptError):
        check_wav(content, name)


@WITH_FIXTURE
@given(st.lists(st.tuples(st.integers(0, 79), st.integers(0, 255)), max_size=6), st.integers(0, 120))
def test_a_damaged_header_is_playable_or_a_prompt_error(
    wav: Build, damage: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(wav(seconds=0.001, tag=0xFFFE, guid=PCM_GUID))
    for position, value in damage:
        content[position] = value
    content = content[: len(content) - cut]
    try:
        found = check_wav(bytes(content), "a.wav")
    except PromptError:
        return
    assert 0 < found.seconds * 32_000 <= found.bytes == len(content)
