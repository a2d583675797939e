"""Reads how long a prompt is, and refuses what the platform does not play."""

import io
import wave

_RATE = 16_000
_WIDTH = 2


class NotPlayable(ValueError):
    """A file that is not WAV, PCM, mono, 16-bit, 16 kHz."""


def seconds_of(content: bytes) -> float:
    """Return the length of a prompt in seconds; raise `NotPlayable` for another format."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            found = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            frames: int = file.getnframes()
    except (wave.Error, EOFError) as error:
        raise NotPlayable(f"not a PCM WAV file: {error}") from None
    if found != (1, _WIDTH, _RATE):
        channels, width, rate = found
        raise NotPlayable(f"{channels} channels, {8 * width} bits, {rate} Hz instead of 1, 16 and 16000")
    return frames / _RATE


def silence(seconds: float) -> bytes:
    """Return a WAV file of silence in the platform's format."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_WIDTH)
        file.setframerate(_RATE)
        file.writeframes(bytes(_WIDTH * int(seconds * _RATE)))
    return buffer.getvalue()
