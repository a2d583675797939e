"""The prompts that come with the samples."""

import runpy
from pathlib import Path

import pytest

from callbot.media.wav import check_wav

PROMPTS = Path(__file__).parents[2] / "samples" / "prompts"


@pytest.mark.parametrize("name", ["welcome.wav", "goodbye.wav"])
def test_a_sample_prompt_is_playable_and_short(name: str) -> None:
    found = check_wav((PROMPTS / name).read_bytes(), name)
    assert 1 <= found.seconds <= 2
    assert found.bytes < 60_000


def test_the_sample_prompts_can_be_made_again(tmp_path: Path) -> None:
    runpy.run_path(str(PROMPTS / "make.py"))["make"](tmp_path)
    made = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert made == {path.name: path.stat().st_size for path in PROMPTS.glob("*.wav")}
