"""The tutorial is followed to the letter: its files are written, its commands typed, one after the other."""

import asyncio
import os
import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(TEXT)
NOT_HERE = (
    "python -m pip",  # it is installed
    "python -m callbot emulator",  # these need a second terminal; tests/cli types the same ones
    "python -m callbot run",
    "curl",
    "export",
    "python -m callbot doctor",
)


class Reader:
    """Somebody at a terminal who does what the tutorial says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.typed: list[str] = []

    def write(self, content: str) -> None:
        name = content.partition("\n")[0].removeprefix("# ")
        (self.folder / name).write_text(content, encoding="utf-8")

    async def type(self, block: str) -> None:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *expected = part.strip().splitlines()
            if command.startswith(NOT_HERE):
                continue
            self.typed.append(command)
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
                continue
            said = await self.run(command)
            for line in expected:
                assert line in said, said

    async def run(self, command: str) -> str:
        program, *arguments = shlex.split(command)
        assert program == "python"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await process.communicate())[0].decode()
        assert (process.returncode == 0) is (" failed" not in said), said
        return said


@pytest.mark.timeout(240)  # the tests of the tutorial are run five times on the way
async def test_who_follows_the_tutorial_has_a_tested_bot(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for language, content in BLOCKS:
        if language == "python":
            reader.write(content)
        else:
            await reader.type(content)
    assert len(reader.typed) == 8
    code = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ruff", "format", "--check", "--line-length", "110", "front_desk", "tests"),
        cwd=reader.folder,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await code.wait() == 0


def test_every_block_is_a_file_or_commands() -> None:
    for language, content in BLOCKS:
        assert language in {"python", "console"}
        assert content.startswith("# " if language == "python" else "$ ")


def test_it_promises_twenty_minutes_and_says_where_one_should_be() -> None:
    minutes = [int(minute) for minute in re.findall(r"^## .*\(minute (\d+)\)$", TEXT, re.MULTILINE)]
    assert minutes == sorted(minutes)
    assert (minutes[0], minutes[-1]) == (0, 20)
