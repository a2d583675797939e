"""Make the prompts of the samples: a few soft notes, in the one format the platform plays.

Run it again after a change: `python samples/prompts/make.py [FOLDER]`.
"""

import math
import struct
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

RATE = 16_000  # samples per second; mono, 16-bit
LOUDNESS = 0.3  # of full scale
FADE = 0.02  # seconds at both ends of a note, so that it does not click

# each note: hertz, seconds
PROMPTS = {
    "welcome.wav": [(523.25, 0.35), (659.25, 0.35), (783.99, 0.35), (1046.5, 0.45)],
    "goodbye.wav": [(783.99, 0.3), (659.25, 0.3), (523.25, 0.5)],
}


def note(frequency: float, seconds: float) -> Iterator[int]:
    """Yield the samples of one note: the tone and, softly, its octave, dying away."""
    count = int(seconds * RATE)
    for index in range(count):
        moment = index / RATE
        ends = min(1.0, moment / FADE, (count - index) / RATE / FADE)
        phase = 2 * math.pi * frequency * moment
        tone = math.sin(phase) + 0.3 * math.sin(2 * phase)
        yield round(32_767 * LOUDNESS * ends * math.exp(-2 * moment) * tone / 1.3)


def make(folder: Path) -> None:
    """Write all prompts into `folder`."""
    for name, notes in PROMPTS.items():
        samples = [sample for frequency, seconds in notes for sample in note(frequency, seconds)]
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
