"""What docs/testing.md shows is copied out of it and run."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from callbot.testing import FAULTS, StagedCall
from tests.testing.conftest import ROOT, Elsewhere

TEXT = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(TEXT)
FILES = {
    code.partition("\n")[0].removeprefix("# "): code for language, code in BLOCKS if language == "python"
}
CONFIGURED = """
[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
filterwarnings = ["error"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every file that the document shows, and the prompts it plays."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "pyproject.toml").write_text(CONFIGURED)
    shutil.copytree(ROOT / "samples" / "prompts", tmp_path / "prompts")
    return tmp_path


async def run(folder: Path, *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_every_test_of_the_document_passes(folder: Path) -> None:
    code, said = await run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert code == 0, said
    tests = sum(content.count("async def test_") for content in FILES.values())
    assert f"{tests} passed" in said


async def test_the_failure_of_the_document_is_what_a_failure_says(folder: Path) -> None:
    quiet = "import asyncio, fails, logging\nlogging.disable()\n"
    script = quiet + "try: asyncio.run(fails.scenario())\nexcept AssertionError as e: print(e)"
    _, said = await run(folder, "-c", script)
    (shown,) = [content for language, content in BLOCKS if language == "text"]
    assert without_ids(said).strip() == without_ids(shown).strip()


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)


def test_every_fault_is_explained() -> None:
    table = TEXT.partition("| name | what goes wrong |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE) == list(FAULTS)


def test_every_verb_of_a_call_is_explained() -> None:
    hidden = {"sight", "requests", "timeline", "transitions"}
    verbs = {name for name in dir(StagedCall) if not name.startswith("_")} - hidden
    assert {name for name in verbs if not re.search(rf"`[^`]*\b{name}\b", TEXT)} == set()


async def test_the_scenario_of_the_document_runs_against_a_service(
    folder: Path, elsewhere: Elsewhere
) -> None:
    content = FILES["against_a_service.py"]
    content = content.replace("https://localhost:9443/control", elsewhere.control_url)
    content = content.replace("https://localhost:8443/api/calls", elsewhere.callback_url)
    content = content.replace('prompts="prompts"', f'prompts="prompts", ca_file="{elsewhere.ca_file}"')
    (folder / "against_a_service.py").write_text(content)
    # the greeter of the samples wants a 1 where that of the document takes any other key
    scenario = folder / "scenarios.py"
    scenario.write_text(scenario.read_text().replace('"9"', '"1"'))
    code, said = await run(folder, "against_a_service.py")
    assert code == 0, said
