"""Build the wheel, install it in an empty folder and use it there: what ships is what is checked.

Run by `make wheel`: `python tests/package/check_wheel.py`, with the development requirements installed.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
FOREIGN = ("tests/", "samples/", "docs/", "config/", "soak/", "bench/", "fuzz/")
IN_SOURCE = (
    "callbot/py.typed",
    "tests/__init__.py",
    "samples/",
    "soak/",
    "bench/",
    "fuzz/",
    "docs/README.md",
    "Makefile",
)
DURABLE = """
import asyncio
from callbot.store import open_store

async def use():
    store = open_store("sqlite:///calls.db")
    await store.open()
    await store.close()

asyncio.run(use())
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="callbot-wheel-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        look_into(wheel)
        python = install(wheel, folder / "venv")
        empty = folder / "empty"
        empty.mkdir()
        use(python, empty)
        use_durably(python, wheel, empty)
    sys.stdout.write("the wheel installs, imports and runs the demo in an empty folder\n")


def build(dist: Path) -> Path:
    """Build the source distribution, and the wheel from that: so both are complete."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(ROOT), cwd=ROOT)
    (wheel,), (source,) = dist.glob("callbot-*.whl"), dist.glob("callbot-*.tar.gz")
    with tarfile.open(source) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    missing = [one for one in IN_SOURCE if not any(name.startswith(one) for name in names)]
    expect(not missing, f"the source distribution cannot check itself, it lacks {missing}")
    return wheel


def look_into(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    expect("callbot/py.typed" in names, "the wheel has no py.typed: its types would be ignored")
    foreign = [name for name in names if name.startswith(FOREIGN)]
    expect(not foreign, f"the wheel holds what is not the package: {foreign[:5]}")


def install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = next(path for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists())
    pip = (str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    run(*pip, "--constraint", str(CONSTRAINTS), str(wheel), cwd=folder)
    return python


def use(python: Path, empty: Path) -> None:
    origin = run(str(python), "-c", "import callbot; print(callbot.__file__)", cwd=empty)
    expect(ROOT not in Path(origin.strip()).parents, f"imported {origin.strip()}, not the wheel")
    version = run(str(python), "-m", "callbot", "--version", cwd=empty)
    script = run(str(python.with_name("callbot")), "--version", cwd=empty)
    expect(version == script and version.startswith("callbot, version "), f"odd version: {version!r}")
    lines = [
        json.loads(line)
        for line in run(str(python), "-m", "callbot", "demo", "--json", cwd=empty).splitlines()
    ]
    summary = lines[-1]["summary"]
    expect(summary["ok"] and summary["transitions"] == len(lines) - 1 > 0, f"the demo went wrong: {summary}")


def use_durably(python: Path, wheel: Path, empty: Path) -> None:
    """Install the extra `sqlite`, and those that install nothing, and open a store."""
    pip = (str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    said = run(*pip, "--constraint", str(CONSTRAINTS), f"{wheel}[sqlite,asgi,redis]", cwd=empty)
    expect("does not provide" not in said, f"an extra is missing: {said}")
    run(str(python), "-c", DURABLE, cwd=empty)


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(condition: bool, complaint: str) -> None:
    if not condition:
        sys.exit(complaint)


if __name__ == "__main__":
    main()
