"""Ask the package index for known vulnerabilities of what callbot runs with here.

Run by `make audit`: `python tests/package/audit.py`. pip-audit asks; it is no dependency, but installed once
beside the virtual environment. Where it cannot be had, or the index knows nothing of vulnerabilities, that is
said in one line and nothing fails: no answer is not the answer "none".
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

AUDITOR = "pip-audit==2.10.1"
INSTALL_WITHIN, ASK_WITHIN = 240.0, 20.0  # seconds

_DEVELOPMENT = frozenset({"dev", "testing"})


def main() -> int:
    """Return the exit code: 1 for a known vulnerability."""
    pins = installed()
    try:
        listed = ask(pins)
    except LookupError as error:
        sys.stdout.write(f"not audited: {error}\n")
        return 0
    return report(listed, len(pins))


def installed() -> list[str]:
    """Return what callbot and its extras need here, directly or not, as name==version."""
    waiting = [one for one in needs("callbot", _extras()) if one.name != "callbot"]
    found: dict[str, str] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # of an extra that is not installed here
        waiting += needs(name, requirement.extras)
    return [f"{name}=={number}" for name, number in sorted(found.items())]


def needs(name: str, extras: set[str]) -> list[Requirement]:
    """Return what a distribution asks for on this machine, with these extras."""
    lines = [Requirement(line) for line in requires(name) or []]
    return [one for one in lines if one.marker is None or _applies(one, extras)]


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _extras() -> set[str]:
    return set(metadata("callbot").get_all("Provides-Extra") or ()) - _DEVELOPMENT


def ask(pins: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return what pip-audit says of each distribution; raises `LookupError` where it can say nothing."""
    with tempfile.TemporaryDirectory(prefix="callbot-audit-") as folder:
        wanted, answer = Path(folder, "wanted.txt"), Path(folder, "answer.json")
        wanted.write_text("\n".join(pins), encoding="utf-8")
        options = ["--requirement", str(wanted), "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        done = _run(
            [sys.executable, "-m", "pip_audit", *options, "--format", "json", "--output", str(answer)],
            ASK_WITHIN,
            PYTHONPATH=str(_auditor()),
        )
        if not answer.exists():
            raise LookupError(f"the index cannot be asked: {_last_line(done.stderr)}")
        found: list[Mapping[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))["dependencies"]
        return found


def report(listed: Sequence[Mapping[str, Any]], asked: int) -> int:
    """Print what is known, and return the exit code."""
    known = [one for one in listed if "skip_reason" not in one]
    if not known:
        sys.stdout.write("not audited: the index that is reached here tells nothing of vulnerabilities\n")
        return 0
    weak = [(one, flaw) for one in known for flaw in one["vulns"]]
    for one, flaw in weak:
        ids = ", ".join([flaw["id"], *flaw.get("aliases", ())])
        fixed = " or ".join(flaw["fix_versions"]) or "no version yet"
        sys.stdout.write(f"{one['name']} {one['version']}: {ids}; fixed in {fixed}\n")
    silent = f"; nothing is known of {asked - len(known)} more" if len(known) < asked else ""
    sys.stdout.write(f"{len(weak)} known vulnerabilities in {len(known)} distributions{silent}\n")
    return 1 if weak else 0


def _auditor() -> Path:
    """Return a folder with pip-audit; raises `LookupError` where it cannot be installed."""
    key = hashlib.sha256(f"{AUDITOR} {sys.version}".encode()).hexdigest()[:16]
    folder = Path(sys.prefix) / "audit" / key
    if folder.exists():
        return folder
    beside = folder.with_name(f"{key}-{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    hurry = ["--retries", "1", "--timeout", "15", "--target", str(beside)]
    done = _run([*pip, *hurry, AUDITOR], INSTALL_WITHIN)
    if done.returncode != 0:
        shutil.rmtree(beside, ignore_errors=True)
        raise LookupError(f"pip-audit cannot be installed here: {_last_line(done.stderr)}")
    beside.rename(folder)
    return folder


def _run(command: Sequence[str], within: float, **environment: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LookupError(f"no answer within {within:g} s") from None


def _last_line(text: str) -> str:
    return ([line for line in text.splitlines() if line.strip()] or ["it does not say why"])[-1].strip()


if __name__ == "__main__":
    sys.exit(main())
