"""`python -m fuzz [target...]`: fuzz each target for a while, and say how to see again what breaks."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click

from fuzz.targets import TARGETS

HERE = Path(__file__).parent
ROOT = HERE.parent
REQUIRED = HERE / "requirements.txt"
FOUND = ROOT / ".fuzz"

_EXECUTED = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE).search
_NOISE = re.compile(
    r"INFO: (Instrumenting|Using|Loaded)|WARNING: (Failed to find function|It looks like)"
).match


@click.command()
@click.argument("names", metavar="[TARGET]...", nargs=-1, type=click.Choice(tuple(TARGETS)))
@click.option(
    "--seconds", type=click.IntRange(1), default=60, show_default=True, help="How long for each target."
)
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Give one TARGET the bytes of this file instead: needs no fuzzer.",
)
def main(names: tuple[str, ...], seconds: int, again: Path | None) -> None:
    """Fuzz TARGETs, all of them by default; what is found is kept in .fuzz."""
    if again is not None:
        if len(names) != 1:
            raise click.UsageError("--again needs one TARGET")
        TARGETS[names[0]](again.read_bytes())
        click.echo(f"{names[0]}: nothing breaks with {again}")
        return
    packages = _packages()
    broken = [name for name in names or TARGETS if not _fuzz(name, seconds, packages)]
    if broken:
        raise click.ClickException(f"broken: {', '.join(broken)}")


def _packages() -> Path:
    """Return a folder with the fuzzer, beside the packages of development, installed when it is missing."""
    wanted = hashlib.sha256(REQUIRED.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = Path(sys.prefix) / "fuzz" / wanted
    if folder.exists():
        return folder
    beside = folder.with_name(f"{wanted}-{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*pip, "--target", str(beside), "-r", str(REQUIRED)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        shutil.rmtree(beside, ignore_errors=True)
        why = (done.stderr.strip().splitlines() or ["pip does not say why"])[-1]
        raise click.ClickException(f"atheris cannot be installed here, so nothing was fuzzed: {why}")
    beside.rename(folder)
    return folder


def _fuzz(name: str, seconds: int, packages: Path) -> bool:
    """Fuzz one target; return whether nothing broke."""
    corpus, seeds = FOUND / name / "corpus", HERE / "seeds" / name
    corpus.mkdir(parents=True, exist_ok=True)
    before = _findings(name)
    click.echo(f"== {name}: {seconds} s")
    limits = (f"-max_total_time={seconds}", "-max_len=2048", "-timeout=20", "-rss_limit_mb=2048")
    command = [sys.executable, "-m", "fuzz.run", name, str(corpus), str(seeds), *limits]
    done = subprocess.run(
        [*command, f"-artifact_prefix={FOUND / name}/", "-print_final_stats=1", "-verbosity=0"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(packages), str(ROOT)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        click.echo(f"{name}: nothing found in {inputs_in(done.stdout)} inputs, {seconds} s")
        return True
    click.echo("".join(line for line in done.stdout.splitlines(keepends=True) if not _NOISE(line)), nl=False)
    for finding in sorted(_findings(name) - before):
        again = finding.relative_to(ROOT)
        click.echo(
            f'{name} breaks with {again}; see it again with\n  make fuzz ARGS="{name} --again {again}"'
        )
    return False


def inputs_in(said: str) -> str:
    """Return how many inputs the fuzzer has tried, from what it has printed."""
    found = _EXECUTED(said)
    return f"{int(found[1]):,}" if found else "an unknown number of"


def _findings(name: str) -> set[Path]:
    return {file for file in (FOUND / name).iterdir() if file.is_file()}


if __name__ == "__main__":
    main()
