"""Make the prompts of the samples: a few soft notes, in the one format the platform plays.

Run it again after a change: `python samples/prompts/make.py`. Prompts of your own are spoken, of course.
"""

import math
import struct
import wave
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

RATE = 16_000  # samples per second; mono, 16-bit
LOUDNESS = 0.3  # of full scale
FADE = 0.02  # seconds at both ends of a note, so that it does not click

Notes = Sequence[tuple[float, float]]  # of each note: hertz, seconds

PROMPTS: Mapping[str, Notes] = {
    "welcome.wav": [(523.25, 0.35), (659.25, 0.35), (783.99, 0.35), (1046.5, 0.45)],
    "goodbye.wav": [(783.99, 0.3), (659.25, 0.3), (523.25, 0.5)],
}
UP: Notes = [(523.25, 0.3), (659.25, 0.3), (783.99, 0.4)]
DOWN: Notes = [(783.99, 0.3), (523.25, 0.4)]
ASKING: Notes = [(523.25, 0.3), (783.99, 0.5)]

OF_SAMPLES: Mapping[str, Mapping[str, Notes]] = {
    "ivr_menu": {"menu.wav": UP, "again.wav": DOWN, "message.wav": ASKING},
    "appointment_reminder": {"reminder.wav": UP, "confirmed.wav": ASKING, "cancelled.wav": DOWN},
    "embedded_chat_bot": {"hello.wav": UP},
}
"""The prompts of each sample that is a folder."""


def note(frequency: float, seconds: float) -> Iterator[int]:
    """Yield the samples of one note: the tone and, softly, its octave, dying away."""
    count = int(seconds * RATE)
    for index in range(count):
        moment = index / RATE
        ends = min(1.0, moment / FADE, (count - index) / RATE / FADE)
        phase = 2 * math.pi * frequency * moment
        tone = math.sin(phase) + 0.3 * math.sin(2 * phase)
        yield round(32_767 * LOUDNESS * ends * math.exp(-2 * moment) * tone / 1.3)


def make(folder: Path, prompts: Mapping[str, Notes] = PROMPTS) -> None:
    """Write prompts into `folder`."""
    folder.mkdir(exist_ok=True)
    for name, notes in prompts.items():
        samples = [sample for frequency, seconds in notes for sample in note(frequency, seconds)]
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


if __name__ == "__main__":
    here = Path(__file__).parent
    make(here)
    for sample, prompts in OF_SAMPLES.items():
        make(here.parent / sample / "prompts", prompts)
