"""What the pages for operators quote is there: codes, log lines, reasons, tests, files."""

import re
from pathlib import Path

import pytest

from callbot.cli.codes import codes_tables
from callbot.cli.doctor.access import ROLES

ROOT = Path(__file__).parents[2]
SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "callbot").rglob("*.py")}
CODE = "\n".join(SOURCES.values())


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_codes_are_those_of_the_code() -> None:
    assert codes_tables() in page("troubleshooting.md"), (
        "put what `python -m callbot codes` prints into docs/troubleshooting.md"
    )


def log_lines() -> list[str]:
    return re.findall(r"^\| `([^`|]+)` \|", page("runbook.md"), re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in log_lines() if not line.startswith("transition.")])
def test_every_log_line_of_the_runbook_is_written_somewhere(line: str) -> None:
    assert f'"{line}"' in CODE


@pytest.mark.parametrize(
    "reason", re.findall(r"^\| `(\w+)` \| \d{3} \|", page("troubleshooting.md"), re.MULTILINE)
)
def test_every_reason_of_a_refusal_is_given_somewhere(reason: str) -> None:
    assert f'"{reason}"' in CODE


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", page("security.md")))))
def test_every_test_of_the_threat_model_is_there(named: str) -> None:
    path, _, name = named.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_threat_has_a_test() -> None:
    sections = page("security.md").partition("## What is left to you")[0]
    rows = re.findall(r"^\| (?!Threat|---)(.*) \|$", sections, re.MULTILINE)
    assert rows
    assert [row for row in rows if "tests/" not in row] == []


def test_the_permissions_to_ask_for_are_those_of_the_verbs() -> None:
    asked = re.findall(r"^\| `(Calls\.\w+\.All)` \|", page("azure.md"), re.MULTILINE)
    assert sorted(asked) == sorted(ROLES)
