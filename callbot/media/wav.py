"""Check a WAV file before the platform does, because the platform only says that a prompt failed.

The platform plays one format: RIFF/WAVE, PCM, mono, 16-bit, 16 kHz.
https://learn.microsoft.com/graph/api/call-playprompt
"""

import shlex
import struct
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from callbot.errors import PromptError

MAX_BYTES = 20 * 1024 * 1024
"""The largest prompt callbot takes, in bytes: about eleven minutes. Graph documents no limit."""

_CHANNELS, _RATE, _BITS = 1, 16_000, 16
_FRAME = _CHANNELS * _BITS // 8
_PCM, _EXTENSIBLE = 0x0001, 0xFFFE
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # the GUID of a sub-format after its number
_UNKNOWN_SIZE = (0, 0xFFFFFFFF)  # what encoders write that cannot go back to fill it in
_UNFINISHED = "its header was never finished: it was written by a pipe, or its recording was cut"

_CODECS = {
    0x0002: "Microsoft ADPCM",
    0x0003: "floating point",
    0x0006: "A-law",
    0x0007: "mu-law",
    0x0011: "IMA ADPCM",
    0x0031: "GSM 6.10",
    0x0050: "MPEG audio",
    0x0055: "MP3",
}
_OTHER_FORMATS = (
    (0, b"ID3", "an MP3 file"),
    (0, b"\xff\xfb", "an MP3 file"),
    (0, b"\xff\xf3", "an MP3 file"),
    (0, b"OggS", "an Ogg file"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"FORM", "an AIFF file"),
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, b"RIFX", "a big-endian WAV file"),
    (0, b"RF64", "an RF64 file, a WAV for more than 4 GiB"),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska file"),
)


class Wav(NamedTuple):
    """What a checked WAV file holds: `seconds` of sound in `bytes` of file."""

    seconds: float
    bytes: int


class _Format(NamedTuple):
    """The `fmt ` chunk, in the words of the standard."""

    tag: int
    channels: int
    rate: int
    byte_rate: int
    frame: int
    bits: int

    def complaints(self) -> list[str]:
        """What the platform would not play, in a few words each."""
        found = []
        if self.channels != _CHANNELS:
            found.append("stereo" if self.channels == 2 else f"{self.channels} channels")  # noqa: PLR2004 - stereo
        if self.rate != _RATE:
            found.append(f"{self.rate} Hz")
        if self.tag != _PCM:
            found.append(_CODECS.get(self.tag, f"codec 0x{self.tag:04x}"))
        elif self.bits != _BITS:
            found.append(f"{self.bits}-bit")
        elif not found and (self.frame != _FRAME or self.byte_rate != _RATE * _FRAME):
            found.append("a header that contradicts itself")
        return found


def check_wav(content: bytes, name: str) -> Wav:
    """Return what `content` holds, or raise `PromptError` when the platform could not play it.

    `name` is the file's name for the message, which says what is wrong and how to convert the file.
    """
    if len(content) > MAX_BYTES:
        raise PromptError(f"{name}: larger than {MAX_BYTES} bytes, the most a prompt may have: split it")
    fault = _frame_fault(content)
    if fault:
        raise _unplayable(name, fault)
    found: _Format | None = None
    for kind, start, size, there in _chunks(content):
        if kind == b"fmt ":
            found = _format(content[start : start + min(size, there)])
            complaints = ["a damaged format chunk"] if found is None else found.complaints()
            if complaints:
                raise _unplayable(name, ", ".join(complaints))
        elif kind == b"data":
            fault = "no format chunk before the sound" if found is None else _data_fault(size, there)
            if fault:
                raise _unplayable(name, fault)
            return Wav(seconds=size / (_RATE * _FRAME), bytes=len(content))
    raise _unplayable(name, "truncated: there is no sound in it")


def _frame_fault(content: bytes) -> str | None:
    """What is wrong with the RIFF frame around the chunks, if anything."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return _guess(content)
    (size,) = struct.unpack_from("<I", content, 4)
    if size in _UNKNOWN_SIZE:
        return _UNFINISHED
    if size + 8 > len(content) + size % 2:  # a last chunk of odd size may lack its padding byte
        return f"truncated: its header says {size + 8} bytes, there are {len(content)}"
    return None


def _guess(content: bytes) -> str:
    if not content:
        return "an empty file"
    for offset, mark, what in _OTHER_FORMATS:
        if content[offset : offset + len(mark)] == mark:
            return f"{what}, not RIFF/WAVE"
    return "not a WAV file (no RIFF/WAVE header)"


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield each chunk's kind, start, declared size and how many bytes the frame has left for it."""
    (frame,) = struct.unpack_from("<I", content, 4)
    end = min(len(content), frame + 8)  # what follows the frame is not part of the file's sound
    position = 12
    while position + 8 <= end:
        kind, size = struct.unpack_from("<4sI", content, position)
        position += 8
        yield kind, position, size, end - position
        position += size + size % 2  # chunks start at even positions


def _format(chunk: bytes) -> _Format | None:
    """Read a `fmt ` chunk; None when it is too short or an extension that makes no sense."""
    if len(chunk) < 16:  # noqa: PLR2004 - the six fields every format has
        return None
    tag, channels, rate, byte_rate, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE:
        if len(chunk) < 40 or chunk[26:40] != _SUBFORMAT_TAIL:  # noqa: PLR2004 - with its extension
            return None
        valid_bits, _speakers, tag = struct.unpack_from("<HIH", chunk, 18)
        bits = valid_bits or bits
    return _Format(tag, channels, rate, byte_rate, frame, bits)


def _data_fault(size: int, there: int) -> str | None:
    if size == max(_UNKNOWN_SIZE):
        return _UNFINISHED
    if size == 0:
        return "no sound in it"
    if size > there:
        return f"truncated: {size} bytes of sound announced, {there} there"
    if size % _FRAME:
        return "cut in the middle of a sample"
    return None


def _unplayable(name: str, fault: str) -> PromptError:
    """The error for the file `name`, with commands that make a playable copy beside it."""
    path = PurePath(name)
    source = _argument(name)
    copy = _argument(str(path.parent / f"{path.stem or 'prompt'}-16k.wav"))
    return PromptError(
        f"{name}: {fault}; a prompt must be a WAV file with PCM, mono, 16000 Hz, 16-bit. Convert it with\n"
        f"  ffmpeg -i {source} -ac 1 -ar 16000 -c:a pcm_s16le {copy}\n"
        f"or\n"
        f"  sox {source} -c 1 -r 16000 -b 16 -e signed-integer {copy}"
    )


def _argument(path: str) -> str:
    """The path as a shell word that no program takes for an option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)
