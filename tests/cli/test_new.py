"""`callbot new`: what it writes works at once, and nothing is overwritten."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callbot.cli import main
from callbot.emulator import Emulator
from callbot.media.wav import check_wav
from callbot.settings import Settings
from tests.cli.conftest import ROOT, Run, Start


def new(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as `callbot new front_desk` writes it."""
    made = new("front_desk", "--into", tmp_path)
    assert made.exit_code == 0, made.output
    return tmp_path / "front_desk"


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


def test_callbot_is_installed_before_the_project_that_no_index_has_it_for(tmp_path: Path) -> None:
    said = new("front_desk", "--into", tmp_path).output
    readme = (tmp_path / "front_desk" / "README.md").read_text()
    for text in (said, readme):
        callbot, project = (text.index(words) for words in ("/path/to/callbot[sqlite,testing]", "'.[dev]'"))
        assert callbot < project


async def test_the_tests_of_a_new_project_pass_at_once(project: Path) -> None:
    code, said = await run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert code == 0, said
    assert "4 passed" in said


async def test_a_new_project_has_the_form_that_linters_ask_for(project: Path) -> None:
    rules = ("--config", str(ROOT / "pyproject.toml"), "--no-cache")
    ignored = ("--ignore", "ARG002,INP001,S101,T201,D103")  # hooks, tests and a bot that prints
    for command in (("check", *ignored), ("format", "--check")):
        code, said = await run(project, "-m", "ruff", *command, *rules, ".")
        assert code == 0, said


async def test_a_new_bot_takes_a_call_as_its_readme_says(
    project: Path, start: Start, emulator: Emulator, environment: dict[str, str]
) -> None:
    running = await start(
        "run", "front_desk.bot:bot", "--config", "emulator.toml", cwd=project, env=environment
    )
    await running.until_said("listens on")
    call = await emulator.place_call("Ana")
    await call.until_heard()
    call.press("1")
    await call.until_over()
    ended = await running.end(signal.SIGTERM)
    assert ended.code == 0, ended.err
    assert f"{call.id}: The bot ended the call." in ended.out


async def test_the_settings_for_teams_lack_the_secret_and_nothing_else(project: Path, callbot: Run) -> None:
    without = await callbot("config", "--config", "callbot.toml", cwd=project)
    assert without.code == 2
    assert "secret" in without.err
    secret = {"CALLBOT_CLIENT_SECRET": "throw-away"}
    assert (await callbot("config", "--config", "callbot.toml", cwd=project, env=secret)).code == 0


def test_the_settings_for_the_emulator_are_those_of_the_demo(project: Path) -> None:
    ours, theirs = Settings.load(ROOT / "config" / "demo.toml"), Settings.load(project / "emulator.toml")
    for key in ("app_id", "tenant_id", "client_secret", "callback_url", "authority", "graph_root", "port"):
        assert getattr(theirs, key) == getattr(ours, key)


def test_its_prompts_can_be_played(project: Path) -> None:
    prompts = sorted((project / "front_desk" / "prompts").glob("*.wav"))
    assert [path.stem for path in prompts] == ["goodbye", "news", "welcome"]
    for path in prompts:
        assert check_wav(path.read_bytes(), path.name).seconds < 2


def test_nothing_of_a_template_is_left_unfilled(project: Path) -> None:
    for path in project.rglob("*"):
        if path.is_file() and path.suffix != ".wav":
            text = path.read_text(encoding="utf-8")
            assert "$name" not in text
            assert "$class" not in text
    assert "class FrontDesk(CallBot)" in (project / "front_desk" / "bot.py").read_text()


def test_what_is_there_is_not_overwritten(project: Path) -> None:
    (project / "front_desk" / "bot.py").write_text("mine")
    again = new("front_desk", "--into", project.parent)
    assert again.exit_code == 2
    assert "is there already, and nothing is overwritten" in again.output
    assert (project / "front_desk" / "bot.py").read_text() == "mine"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    assert new("desk", "--into", tmp_path).exit_code == 0
    assert (tmp_path / "desk" / "desk" / "bot.py").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("")
    assert "desk is there already" in new("desk", "--into", tmp_path).output
    (tmp_path / "file").write_text("")
    failed = new("desk", "--into", tmp_path / "file")
    assert failed.exit_code == 1
    assert "cannot write" in failed.output


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("My-Bot", "such as my_bot"),
        ("FrontDesk", "such as front_desk"),
        ("2nd", "such as nd"),
        ("größe", "small letters"),
        ("class", "a word of Python itself; class_bot is not"),
        ("asyncio", "there is a module asyncio already"),
        ("callbot", "there is a module callbot already"),
        ("tests", "a folder tests of its own"),
        ("bots/mine", "callbot new mine --into bots"),
        ("/mine", "callbot new mine --into /"),
        ("..", "such as mybot"),
        ("", "such as mybot"),
    ],
)
def test_a_name_that_python_cannot_import_is_explained(name: str, words: str, tmp_path: Path) -> None:
    refused = new(name, "--into", tmp_path)
    assert refused.exit_code == 2
    assert words in refused.output
    assert list(tmp_path.iterdir()) == []
