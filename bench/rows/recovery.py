"""Start-up on a store with ten thousand live calls until each has been read again, against a bare loop."""

from collections.abc import Iterator
from statistics import median

from bench.machine import cores
from bench.program import Program, ProgramFailed
from bench.result import Result, at_most, compared
from bench.rivals import Rivals
from bench.stage import Stage

_CALLS = 10_000
_ROUNDS = 5


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Start anew in each round, in a process of its own."""
    del rivals
    core = cores()[0]
    where = (str(stage.folder), str(stage.platform), str(_CALLS))
    store = f"sqlite:///{stage.folder}/recovery.db"
    with Program("recover", *where, store, "fill", core=core):
        pass
    bare: list[float] = []
    callbot: list[float] = []
    loading: list[float] = []
    cpu: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for name, taken, arguments in (
            ("recover_bare", bare, where),
            ("recover", callbot, (*where, store, "recover")),
        ):
            with Program(name, *arguments, core=core) as program:
                if program.number("read", program.ready) < _CALLS:
                    raise ProgramFailed(f"{name} did not read every call: {program.ready}")
                taken.append(program.real("seconds", program.ready))
                cpu.setdefault(name, []).append(program.real("cpu", program.ready))
                if name == "recover":
                    loading.append(program.real("loaded", program.ready))
    note = f"of it {median(loading):.1f} s until the store is loaded and callbacks are taken; read budget off"
    mine, theirs = median(cpu["recover"]), median(cpu["recover_bare"])
    used = f"CPU {mine:.1f} s against {theirs:.1f} s: {mine / theirs:.2f} by that measure"
    yield compared("recovery of 10,000 calls", "s", callbot, bare, at_most(1.3), note, used)
