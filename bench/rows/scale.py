"""What a callback costs while the bot looks after a thousand, a hundred thousand and a million calls.

Without HTTP, whose share would hide a growth; the callbacks go to calls picked at random.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.machine import available_bytes, cores
from bench.program import Program, ProgramFailed
from bench.result import Goal, Result, at_most, compared, unmeasured
from bench.rivals import Rivals
from bench.stage import Stage

_UNIT = "us CPU"
_ROUNDS = 21
_CALLBACKS = 1000
_BYTES_PER_CALL = 6_000
_FEW = 1_000
_MANY = {"100,000": (100_000, None), "1,000,000": (1_000_000, at_most(1.2))}


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure all sizes in turn."""
    del stage, rivals
    free = available_bytes()
    costs: dict[int, list[float]] = {}
    with ExitStack() as stack:
        programs: dict[int, Program] = {}
        for calls in (_FEW, *(size for size, _ in _MANY.values())):
            if calls * _BYTES_PER_CALL < free:
                programs[calls] = stack.enter_context(Program("many_calls", str(calls), core=cores()[0]))
        for number in range(_ROUNDS + 1):
            for calls, program in programs.items():
                cost = _round(program)
                if number:  # the first round warms up
                    costs.setdefault(calls, []).append(cost)
        for shown, (calls, goal) in _MANY.items():
            yield _row(f"callback at {shown} calls", calls, goal, costs, programs)


def _row(
    name: str, calls: int, goal: Goal | None, costs: dict[int, list[float]], programs: dict[int, Program]
) -> Result:
    if calls not in costs:
        return unmeasured(
            name, _UNIT, f"it needs {calls * _BYTES_PER_CALL / 1e9:.0f} GB of free memory", goal
        )
    program = programs[calls]
    note = f"{program.number('bytes', program.ready) / calls:.0f} bytes of memory per call"
    return compared(name, _UNIT, costs[calls], costs[_FEW], goal, f"against {_FEW} calls; {note}")


def _round(program: Program) -> float:
    answer = program.ask(callbacks=_CALLBACKS)
    if program.number("handled", answer) != _CALLBACKS:
        raise ProgramFailed(f"{program.name} did not run every handler: {answer}")
    return program.real("cpu", answer) / _CALLBACKS * 1e6
