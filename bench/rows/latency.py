"""From the moment a callback is due to the first line of its handler, at half of what callbot can take."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from statistics import quantiles
from typing import NamedTuple

from bench.load import open_loop
from bench.machine import cores
from bench.program import Program, ProgramFailed
from bench.result import Result, at_most, compared, unmeasured
from bench.rivals import Rivals
from bench.rows.callbacks import CONNECTIONS, Server, handled, service
from bench.stage import Stage
from bench.wire import Step, lives, request

_SECONDS = 2.5  # of load in each round
_ROUNDS = 9
_TRIES = 18  # of rounds; those in which the machine was away count for nothing
_PUNCTUAL = 1_000_000  # nanoseconds that 99 % of the requests may leave late
_UNIT = "us"


class Taken(NamedTuple):
    """One round, in nanoseconds: the hundredths of the times, and how late 99 % of the requests left."""

    quantiles: Sequence[float]
    late: int


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure both sides at the same rate: half of callbot's own, so the bare handler has less to do.

    Its own is that of its slowest round: a shared machine may be that slow again, and half of the fastest
    would then be all that callbot can take.
    """
    del rivals
    tokens = stage.tokens
    taken: dict[str, list[Taken]] = {"callbot": [], "bare": []}
    away = -1  # the first round warms up
    with ExitStack() as stack:
        programs = {
            "bare": stack.enter_context(Program("bare", "asyncio", core=cores()[0])),
            "callbot": stack.enter_context(service(stage)),
        }
        server = Server(programs["callbot"], lambda step: request(step, tokens), 400)
        server.round(0)
        rate = min(server.round(number) for number in range(1, 5)) / 2
        for number in range(_TRIES):
            found = {name: _round(one, tokens, rate, 10 + number) for name, one in programs.items()}
            if number == 0 or max(one.late for one in found.values()) > _PUNCTUAL:
                away += 1
                continue
            for name, one in found.items():
                taken[name].append(one)
            if len(taken["bare"]) == _ROUNDS:
                break
    yield from _rows(taken, rate, away)


def _rows(taken: Mapping[str, Sequence[Taken]], rate: float, away: int) -> Iterator[Result]:
    mine, theirs = taken["callbot"], taken["bare"]
    note = f"both at {rate:.0f} callbacks/s; {away} rounds left out in which requests left late"
    if len(mine) < _ROUNDS:
        yield unmeasured("latency, p99", _UNIT, f"the machine had other work ({note})", at_most(3.0))
        return
    for name, at, goal in (("p50", 49, None), ("p99", 98, at_most(3.0))):
        one, other = ([found.quantiles[at] / 1e3 for found in side] for side in (mine, theirs))
        yield compared(f"latency, {name}", _UNIT, one, other, goal, note)


def _round(program: Program, tokens: Sequence[str], rate: float, generation: int) -> Taken:
    """Send load for a while."""
    calls = int(rate * _SECONDS / 5)
    steps = _in_turn([list(one) for one in lives(calls, generation)])
    requests = [request(step, tokens) for step in steps]
    program.ask(do="reset")
    program.ask(do="keep")
    ran = open_loop(program.port, requests, rate, 2 * CONNECTIONS)
    handled(program, ran)
    log = program.ask(do="log")["log"]
    if not isinstance(log, list):
        raise ProgramFailed(f"{program.name} kept no log")
    when = {str(key): int(at) for key, at in log}
    times = [when[step.key.replace(" ", "_")] - due for step, due in zip(steps, ran.due, strict=True)]
    return Taken(quantiles(times, n=100), int(quantiles(ran.late, n=100)[98]))


def _in_turn(calls: Sequence[Sequence[Step]], abreast: int = 400) -> list[Step]:
    """Return the callbacks of many calls as one stream in which the next of a call comes much later.

    An open loop does not wait for answers; so a call's callbacks must not overtake each other.
    """
    found: list[Step] = []
    for start in range(0, len(calls), abreast):
        some = calls[start : start + abreast]
        found.extend(one[step] for step in range(len(some[0])) for one in some)
    return found
