"""What a new user meets first: help, version, mistakes on the command line."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner, Result

from callbot import __version__
from callbot.cli import main
from callbot.cli.codes import codes_list, codes_tables
from tests.cli.conftest import ROOT


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="callbot")


def test_the_version_is_that_of_the_package() -> None:
    assert typed("--version").output == f"callbot, version {__version__}\n"


@pytest.mark.parametrize("command", [(), ("call",), ("call", "get"), ("demo",), ("emulator",), ("run",)])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_explains_itself(command: tuple[str, ...], option: str) -> None:
    result = typed(*command, option)
    assert result.exit_code == 0
    assert result.output.startswith(" ".join(("Usage: callbot", *command)))


@pytest.mark.parametrize("command", [(), *((name,) for name in main.commands), ("call", "get")])
def test_every_command_tells_the_same_exit_codes(command: tuple[str, ...]) -> None:
    assert "2 usage, settings  5 no such call (404)      8 no answer in time" in typed(*command, "-h").output


def test_a_misspelt_command_or_option_is_answered_with_the_nearest() -> None:
    command, option = typed("emulatr"), typed("demo", "--jsn")
    assert (command.exit_code, option.exit_code) == (2, 2)
    assert "'emulator'" in command.output
    assert "--json" in option.output


def test_callbacks_of_the_emulator_go_to_https_only() -> None:
    result = typed("emulator", "--callback-url", "http://localhost/api")
    assert result.exit_code == 2
    assert "https addresses only" in result.output


def test_a_python_without_the_dependencies_says_so_in_words() -> None:
    bare = [sys.executable, "-S", "-m", "callbot", "demo"]  # -S: without what is installed
    ended = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"dependencies are not installed for {sys.executable}: aiohttp, click" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_all_codes_are_laid_out_for_people_within_the_width_of_their_terminal() -> None:
    for width in (60, 100):
        lines = click.unstyle(codes_list(width)).splitlines()
        assert max(len(line) for line in lines) <= width
        assert not any("|" in line for line in lines)
        assert any(line.startswith("     8522  ") for line in lines)
    assert typed("codes").output == f"{codes_tables()}\n"
