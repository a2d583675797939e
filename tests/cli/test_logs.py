"""What log lines look like, and what they never hold."""

import json
import logging
from collections.abc import Iterator

import pytest

from callbot.cli.logs import configure_logs
from callbot.log import get_logger

SECRET = "eyJ0-a-token"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("callbot")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])
    logging.captureWarnings(capture=False)


def fail() -> None:
    token = SECRET
    try:
        int("not a number", len(token))
    except ValueError as error:
        get_logger("callbot.bot").error("handler failed", handler="on_tone", exc_info=error)


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_variables(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", form)
    fail()
    said = capsys.readouterr()
    assert said.out == ""
    assert "ValueError" in said.err
    assert "on_tone" in said.err
    assert "fail" in said.err
    assert SECRET not in said.err


def test_json_lines_carry_their_data_in_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    get_logger("callbot.webhook").info("callback accepted", notifications=2)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "callback accepted",
        "level": "info",
        "logger": "callbot.webhook",
        "notifications": 2,
    }


def test_other_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "json")
    logging.getLogger("msal").debug("a request, with who knows what in it")
    logging.getLogger("msal").warning("something is wrong")
    get_logger("callbot").debug("a detail")
    events = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert events == ["something is wrong", "a detail"]


def test_a_level_hides_what_is_less_important(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("error", "console")
    get_logger("callbot").warning("not this")
    logging.getLogger("msal").warning("nor this")
    get_logger("callbot").error("but this")
    said = capsys.readouterr().err
    assert "but this" in said
    assert "this" not in said.replace("but this", "")
