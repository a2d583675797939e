"""What `make audit` makes of the answers it may get."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.package import audit

FINE: Mapping[str, Any] = {"name": "yarl", "version": "1.25.1", "vulns": []}
SKIPPED: Mapping[str, Any] = {"name": "msal", "skip_reason": "Dependency not found"}
WEAK: Mapping[str, Any] = {
    "name": "aiohttp",
    "version": "3.9.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["3.9.2"], "aliases": ["CVE-1"], "description": "x"},
        {"id": "PYSEC-2", "fix_versions": [], "aliases": [], "description": "x"},
    ],
}


def test_a_known_vulnerability_fails_with_its_name_version_id_and_cure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert audit.report([FINE, WEAK, SKIPPED], 3) == 1
    assert capsys.readouterr().out.splitlines() == [
        "aiohttp 3.9.0: PYSEC-1, CVE-1; fixed in 3.9.2",
        "aiohttp 3.9.0: PYSEC-2; fixed in no version yet",
        "2 known vulnerabilities in 2 distributions; nothing is known of 1 more",
    ]


def test_none_is_said_only_where_somebody_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.report([FINE], 1) == 0
    assert capsys.readouterr().out == "0 known vulnerabilities in 1 distributions\n"
    assert audit.report([SKIPPED, SKIPPED], 2) == 0
    assert capsys.readouterr().out.startswith("not audited: the index that is reached here")


def test_without_an_index_one_line_says_so_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    assert audit.main() == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("not audited: pip-audit cannot be installed here: ")


def test_what_callbot_runs_with_is_asked_for_and_what_it_is_developed_with_is_not() -> None:
    names = {pin.partition("==")[0] for pin in audit.installed()}
    assert {"aiohttp", "msal", "cryptography", "aiosqlite", "multidict"} <= names
    assert not {"pytest", "mypy", "callbot"} & names
