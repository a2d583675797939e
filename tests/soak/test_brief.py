"""A short soak, with everything a long one has but its length: processes, faults, kills, and the account."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(240)  # it ends by itself long before, but for a machine that is very busy
def test_nothing_is_missed_or_doubled_on_a_bad_line_with_two_kills_and_a_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "soak", "--brief"]
    done = subprocess.run(
        [*command, "--seed", "4", "--directory", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, [result, *map(report.get, ("findings", "leaks", "errors", "facts"))]
    assert result["ok"] is True
    assert result["calls"] >= 100
    assert (result["kills"], result["stops"]) == (2, 1)
    assert {"drop", "duplicate", "resend", "reorder"} <= result["faults"].keys()
