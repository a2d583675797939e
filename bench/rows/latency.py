"""From the moment a callback is due to the first line of its handler, at half of what callbot can take."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import quantiles

from bench.load import open_loop
from bench.machine import cores
from bench.program import Program, ProgramFailed
from bench.result import Result, at_most, compared, unmeasured
from bench.rivals import Rivals
from bench.rows.callbacks import CONNECTIONS, Server, handled, service
from bench.stage import Stage
from bench.wire import Step, lives, request

_SECONDS = 2.5  # of load in each round
_ROUNDS = 5
_UNIT = "us"
_STARVED = 0.8  # of its core the load generator should have had: it looks at the clock all the time


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure both sides at the same rate: half of callbot's own, so the bare handler has less to do."""
    del rivals
    tokens = stage.tokens
    p50: dict[str, list[float]] = {"callbot": [], "bare": []}
    p99: dict[str, list[float]] = {"callbot": [], "bare": []}
    with ExitStack() as stack:
        programs = {
            "bare": stack.enter_context(Program("bare", "asyncio", core=cores()[0])),
            "callbot": stack.enter_context(service(stage)),
        }
        server = Server(programs["callbot"], lambda step: request(step, tokens), 400)
        server.round(0)
        rate = max(server.round(1), server.round(2)) / 2
        late, busy = 0, 1.0
        for number in range(_ROUNDS):
            for name, program in programs.items():
                taken, later, share = _round(program, tokens, rate, 10 + number)
                late, busy = max(late, later), min(busy, share)
                found = quantiles(taken, n=100)
                p50[name].append(found[49] / 1e3)
                p99[name].append(found[98] / 1e3)
    at = f"both at {rate:.0f} callbacks/s; 99 % of requests left at most {late / 1e3:.0f} us late"
    if busy < _STARVED:
        why = f"the machine had other work, the load generator got {busy:.0%} of its core ({at})"
        yield unmeasured("latency, p99", _UNIT, why, at_most(3.0))
        return
    yield compared("latency, p50", _UNIT, p50["callbot"], p50["bare"], None, at)
    yield compared("latency, p99", _UNIT, p99["callbot"], p99["bare"], at_most(3.0), at)


def _round(
    program: Program, tokens: Sequence[str], rate: float, generation: int
) -> tuple[list[int], int, float]:
    """Return all times and how late requests left at the p99, in ns, and the load generator's share."""
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
    taken = [when[step.key.replace(" ", "_")] - due for step, due in zip(steps, ran.due, strict=True)]
    return taken, int(quantiles(ran.late, n=100)[98]), ran.busy


def _in_turn(calls: Sequence[Sequence[Step]], abreast: int = 400) -> list[Step]:
    """Return the callbacks of many calls as one stream in which the next of a call comes much later.

    An open loop does not wait for answers; so a call's callbacks must not overtake each other.
    """
    found: list[Step] = []
    for start in range(0, len(calls), abreast):
        some = calls[start : start + abreast]
        found.extend(one[step] for step in range(len(some[0])) for one in some)
    return found
