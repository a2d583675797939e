"""Links lead somewhere, tables are those of the code, and nothing of the workplace is in the text."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from callbot.cli import main
from callbot.cli.failures import EXIT_CODES
from callbot.cli.tables import settings_table

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_local_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{target} leads nowhere"
        assert found.is_relative_to(ROOT), f"{target} leads out of the repository"
        assert not anchor or anchor in anchors(found), f"{target}: there is no such heading"


def test_every_document_is_on_the_map() -> None:
    on_the_map = {(ROOT / "docs" / target).resolve() for target in LINK.findall(text("docs/README.md"))}
    missing = set(DOCUMENTS) - on_the_map - {ROOT / "docs" / "README.md"}
    assert not missing


def test_the_settings_are_those_of_the_code() -> None:
    assert settings_table() in text("docs/settings.md"), (
        "put what `python -m callbot settings` prints into docs/settings.md"
    )


def test_every_command_is_explained() -> None:
    explained = text("docs/commands.md")
    for command in commands(main):
        assert f"`callbot {command}" in explained


def commands(group: click.Group, prefix: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        found += commands(command, f"{name} ") if isinstance(command, click.Group) else [prefix + name]
    return found


def test_every_exit_code_is_explained() -> None:
    codes = re.findall(r"\b(\d) [a-z]", EXIT_CODES)
    assert sorted(codes) == re.findall(r"^\| (\d) \|", text("docs/commands.md"), re.MULTILINE)


def test_the_floors_are_those_that_are_checked() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    named = [name for floor in floors for name in floor.split(" | ")]
    checked = [name for name in named if name == "__main__" or not name.startswith("_")]
    table = text("docs/architecture.md").partition("## The floors")[2].partition("## ")[0]
    shown = [
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    ]
    assert shown == checked


def test_a_changelog_entry_exists_for_the_version() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    changes = text("CHANGELOG.md")
    assert "## Unreleased" in changes or f"## [{version}]" in changes
