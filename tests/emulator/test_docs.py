"""The page about the emulator says what the code does: its tables are complete, its commands run."""

import asyncio
import re
import shutil
import sys
from pathlib import Path

import pytest

from callbot.emulator import Fault, Unsettled
from callbot.emulator.control.calls import ACTIONS
from tests.emulator.bot import Bot

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")


def test_the_page_names_every_guess_every_action_and_every_fault() -> None:
    for name in (*Unsettled.model_fields, *ACTIONS, *(fault.value for fault in Fault)):
        assert f"`{name}`" in PAGE, name


@pytest.mark.skipif(shutil.which("curl") is None, reason="the commands of the page use curl")
async def test_every_command_of_the_page_runs(bot: Bot, tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    commands = [block for block in blocks if "curl" in block or "control=" in block]
    assert len(commands) > 10
    script = "set -eu\n" + "".join(commands)
    script = script.replace("ca=.callbot/emulator/ca.pem", f"ca={bot.emulator.ca_file}")
    script = script.replace("https://localhost:9443", bot.emulator.root)
    script = script.replace("curl -s", "curl -s --fail-with-body").replace(
        "| python -c", f"| {sys.executable} -c"
    )
    script = script.replace("$control/calls/$call/answer", "$control/calls/$call")
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-2000:]
