"""Every sample has its prompts and a README that names its test."""

import runpy
from pathlib import Path

import pytest

from callbot.media.wav import check_wav

SAMPLES = Path(__file__).parents[2] / "samples"
MAKE = runpy.run_path(str(SAMPLES / "prompts" / "make.py"))
FOLDERS = [path.parent for path in sorted(SAMPLES.glob("*/__init__.py"))]


@pytest.mark.parametrize("prompt", sorted(SAMPLES.glob("*/prompts/*.wav")), ids=lambda path: path.name)
def test_a_prompt_can_be_played_and_made_again(prompt: Path, tmp_path: Path) -> None:
    check_wav(prompt.read_bytes(), prompt.name)
    MAKE["make"](tmp_path, MAKE["OF_SAMPLES"][prompt.parents[1].name])
    assert (tmp_path / prompt.name).stat().st_size == prompt.stat().st_size


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_sample_has_a_readme_that_names_its_test(folder: Path) -> None:
    assert f"tests/samples/test_{folder.name}.py" in (folder / "README.md").read_text()
    assert (SAMPLES.parent / "tests" / "samples" / f"test_{folder.name}.py").exists()
