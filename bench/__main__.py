"""`python -m bench [row...]`: measure all rows, or those whose module is named, and report."""

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import click

from bench.load import LoadFailed
from bench.machine import cores, description, pin
from bench.program import Program, ProgramFailed
from bench.result import Result, summary, table, unmeasured
from bench.rivals import Rivals
from bench.stage import Stage

ROWS = ("callbacks", "latency", "gets", "memory", "scale", "recovery", "durable", "startup")

_ALL_WITHIN = 570.0  # seconds
_ONE_WITHIN = 200.0  # what a row needs at most where nothing is wrong, the SDKs' installation included

Row = Callable[[Stage, Rivals], Iterator[Result]]


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(ROWS))
def main(rows: tuple[str, ...]) -> None:
    """Measure ROWS (all of them by default) beside their baselines, and print a table and one JSON line."""
    click.echo(description(), err=True)
    results: list[Result] = []
    until = time.monotonic() + _ALL_WITHIN
    signal.signal(signal.SIGALRM, _time_is_up)
    with tempfile.TemporaryDirectory(prefix="callbot-bench-") as folder:
        stage = Stage.build(Path(folder))
        with Program("platform", folder, core=cores()[1]) as platform:
            stage = Stage(stage.folder, platform.port)
            pin(cores()[1])
            for name in rows or ROWS:
                results.extend(_measure(name, stage, until))
    click.echo(table(results))
    click.echo(summary(results))


def _measure(name: str, stage: Stage, until: float) -> list[Result]:
    began = time.monotonic()
    within = min(_ONE_WITHIN, until - began)
    if within <= 0:
        return [unmeasured(name, "", "the time for all rows was up")]
    click.echo(f"== {name}", err=True)
    run: Row = import_module(f"bench.rows.{name}").run
    found: list[Result] = []
    signal.setitimer(signal.ITIMER_REAL, within)
    try:
        for result in run(stage, RIVALS):
            found.append(result)
            click.echo(f"   {result.name}: {_brief(result)}", err=True)
    except (ProgramFailed, LoadFailed, OSError) as error:
        found.append(unmeasured(name, "", str(error)))
        click.echo(f"   {error}", err=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    click.echo(f"   took {time.monotonic() - began:.0f} s", err=True)
    return found


def _time_is_up(_number: int, _frame: object) -> None:
    raise ProgramFailed("it took too long")


def _brief(result: Result) -> str:
    if result.ratio is None:
        return "; ".join(result.notes)
    return f"ratio {result.ratio:.3f}" + (f" (goal {result.goal})" if result.goal else "")


RIVALS = Rivals()

if __name__ == "__main__":
    main()
