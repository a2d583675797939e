"""Prompts to begin with: a few notes, until somebody has spoken the words."""

import io
import math
import struct
import wave
from collections.abc import Iterable, Iterator

_RATE = 16_000  # samples per second; mono and 16 bits each: the one format the platform plays
_SECONDS = 0.3  # of a note
_LOUDNESS = 8_000  # of 32,767


def sound(notes: Iterable[float]) -> bytes:
    """Return a WAV file with these notes, given in hertz, one after the other."""
    samples = [sample for hertz in notes for sample in _note(hertz)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return buffer.getvalue()


def _note(hertz: float) -> Iterator[int]:
    count = int(_SECONDS * _RATE)
    for index in range(count):
        swell = math.sin(math.pi * index / count)  # so that it does not click
        yield round(_LOUDNESS * swell * math.sin(2 * math.pi * hertz * index / _RATE))
