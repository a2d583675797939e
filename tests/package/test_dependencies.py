"""Everything imported is declared, everything declared is pinned, by name and version only."""

import ast
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
PINS = (ROOT / "constraints.txt").read_text().splitlines()
OURS = {path.parent.name for path in ROOT.glob("*/*.py")}
TEXT = {".py", ".toml", ".md", ".txt", ".cfg", ".yml", ".yaml", "", ".sh"}


def declared(*, development: bool) -> set[str]:
    """The distributions of pyproject.toml that a user may have, or everything that a developer has."""
    extras = [line for name, lines in EXTRAS.items() if development or name != "dev" for line in lines]
    return {canonicalize_name(Requirement(line).name) for line in (*PROJECT["dependencies"], *extras)}


def imported(folder: str) -> Iterator[tuple[str, Path]]:
    """Yield the top-level name of every import in a folder."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path


@pytest.mark.parametrize("folder", ["callbot", "samples", "tests"])
def test_every_import_is_declared(folder: str) -> None:
    owners = packages_distributions()
    allowed = declared(development=folder == "tests")
    undeclared = {
        f"{name} ({path.relative_to(ROOT)})"
        for name, path in imported(folder)
        if name not in sys.stdlib_module_names | OURS
        and not {canonicalize_name(owner) for owner in owners.get(name, [name])} & allowed
    }
    assert undeclared == set()


def test_every_pin_is_a_name_and_a_version_in_order() -> None:
    for pin in PINS:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.]*", pin), pin
    assert len({canonicalize_name(pin.partition("==")[0]) for pin in PINS}) == len(PINS)
    assert sorted(PINS, key=str.lower) == PINS


def test_everything_needed_is_pinned() -> None:
    pinned = {canonicalize_name(pin.partition("==")[0]) for pin in PINS}
    assert needed() - pinned == set()


def needed() -> set[str]:
    """Every distribution that the project and its extras need here, directly or not."""
    found: set[str] = set()
    lines = [*PROJECT["dependencies"], *itertools.chain.from_iterable(EXTRAS.values())]
    waiting = [Requirement(line) for line in lines]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        found.add(name)
        needs = [one for one in required(name) if applies(one, requirement.extras)]
        waiting += [one for one in needs if canonicalize_name(one.name) not in found]
    return found


def required(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return []


def applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def test_the_repository_names_no_registry() -> None:
    names = re.compile(
        r"(--index-url|--extra-index-url|--find-links|index-url\s*=|pypi\.[a-z]+|pythonhosted)"
    )
    for folder in ("callbot", "docs", "samples", "config", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                assert not names.search(path.read_text(encoding="utf-8")), path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.txt"), ROOT / "Makefile"):
        assert not names.search(path.read_text(encoding="utf-8")), path
