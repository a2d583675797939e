"""`callbot config` says what takes effect and where it comes from, and shows no secret."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callbot import Settings
from callbot.cli import main

SECRET = "hunter2-do-not-print"
FILE = """
app_id = "from-file"
client_secret = "from-file-do-not-print"
callback_url = "https://file.example.com/c"
port = 1
store = "redis://user:hunter2-do-not-print@stores.example.com/0"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file, and an environment that overrides a part of it."""
    for key in Settings.model_fields:
        monkeypatch.delenv(f"CALLBOT_{key.upper()}", raising=False)
    monkeypatch.setenv("CALLBOT_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("CALLBOT_PORT", "2")
    path = tmp_path / "bot.toml"
    path.write_text(FILE)
    return path


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["config", *arguments], prog_name="callbot")


def rows(*arguments: str) -> dict[str, tuple[object, str]]:
    result = typed("--json", *arguments)
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.output.splitlines()]
    return {row["key"]: (row["value"], row["source"]) for row in found}


def test_every_setting_has_its_source(file: Path) -> None:
    found = rows("--config", str(file), "--set", "callback_url=https://argument.example.com/c")
    assert list(found) == list(Settings.model_fields)
    assert found["callback_url"] == ("https://argument.example.com/c", "argument")
    assert found["port"] == (2, "environment")
    assert found["app_id"] == ("from-file", "file")
    assert found["cloud"] == ("Global", "default")


def test_what_a_service_would_do_is_shown_where_nothing_is_set(file: Path) -> None:
    file.write_text(FILE.replace("store =", "#").replace("port = 1", 'ca_file = "tls/../ca.pem"'))
    found = rows("--config", str(file))
    assert found["store"] == ("sqlite:///callbot-from-file.db", "default")
    assert found["ca_file"] == (str(file.parent.resolve() / "ca.pem"), "file")


def test_an_argument_wins_over_the_environment(file: Path) -> None:
    assert rows("--config", str(file), "--set", "port=3")["port"] == (3, "argument")


def test_a_variable_in_small_letters_counts_as_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("callbot_app_id", "from-environment")
    assert rows("--config", str(file))["app_id"] == ("from-environment", "environment")


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_no_secret_is_shown(file: Path, option: tuple[str, ...]) -> None:
    output = typed("--config", str(file), *option).output
    assert "do-not-print" not in output
    assert "(hidden)@stores.example.com/0" in output


def test_the_table_has_one_line_per_setting(file: Path) -> None:
    lines = typed("--config", str(file)).output.splitlines()
    assert [line.split()[0] for line in lines] == list(Settings.model_fields)
    assert all(line.split()[-1] in {"environment", "file", "default"} for line in lines)


def test_what_has_its_default_can_be_left_out(file: Path) -> None:
    assert set(rows("--config", str(file), "--changed")) == {
        "app_id",
        "client_secret",
        "callback_url",
        "port",
        "store",
    }


def test_an_assignment_without_a_value_says_how_to_write_one(file: Path) -> None:
    result = typed("--config", str(file), "--set", "port")
    assert (result.exit_code, "write KEY=VALUE" in result.output) == (2, True)


def test_a_misspelt_assignment_is_answered_with_the_nearest_key(file: Path) -> None:
    result = typed("--config", str(file), "--set", "prot=1")
    assert (result.exit_code, "did you mean port?" in result.output) == (2, True)


def test_settings_that_cannot_work_say_why(file: Path) -> None:
    result = typed("--config", str(file), "--set", "callback_url=http://bot.example.com/")
    assert (result.exit_code, "callback_url must be an https address" in result.output) == (2, True)
    assert SECRET not in result.output
