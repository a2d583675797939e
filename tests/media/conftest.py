"""WAV files made to measure."""

import struct
from collections.abc import Callable

import pytest

PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")


def build_wav(
    *,
    seconds: float = 0.1,
    channels: int = 1,
    rate: int = 16_000,
    bits: int = 16,
    tag: int = 1,
    guid: bytes | None = None,
    before: bytes = b"",
    after: bytes = b"",
    sample: bytes = b"\x01\x02",
) -> bytes:
    frame = channels * bits // 8
    fields = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    if guid is not None:
        fields += struct.pack("<HHI", 22, bits, 4) + guid
    sound = (sample * frame)[:frame] * int(seconds * rate)
    body = b"WAVE" + chunk(b"fmt ", fields) + before + chunk(b"data", sound) + after
    return chunk(b"RIFF", body)


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


@pytest.fixture
def wav() -> Callable[..., bytes]:
    """Builds a WAV file; as it comes it is playable."""
    return build_wav


@pytest.fixture
def riff() -> Callable[[bytes, bytes], bytes]:
    """Builds one chunk: its kind, its content."""
    return chunk
