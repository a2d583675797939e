"""Memory of an established call that nothing happens to, beside its parsed document alone."""

from collections.abc import Iterator

from bench.machine import cores
from bench.program import Program
from bench.result import Result, at_most, compared
from bench.rivals import Rivals
from bench.stage import Stage

_UNIT = "bytes/call"
_ROUNDS = 2
_CALLS = {"rss": 6_000, "traced": 1_000}
_NAMES = {"rss": "memory per idle call, RSS", "traced": "memory per idle call, allocated"}


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure each in a process of its own."""
    del stage, rivals
    for how, name in _NAMES.items():
        found: dict[str, list[float]] = {"callbot": [], "documents": []}
        for _ in range(_ROUNDS if how == "rss" else 1):
            for what, sizes in found.items():
                with Program("idle_calls", str(_CALLS[how]), how, what, core=cores()[0]) as program:
                    sizes.append(program.real("bytes", program.ready))
        note = "the baseline is the parsed document alone; the goal is for callbot's number"
        yield compared(name, _UNIT, found["callbot"], found["documents"], at_most(4096, "callbot"), note)
