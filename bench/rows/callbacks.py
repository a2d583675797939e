"""Callbacks per second: authenticated, decoded, folded, handler run, on the standard loop and on uvloop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import sleep

from bench.load import Ran, closed_loop, dealt
from bench.machine import cores
from bench.program import Program, ProgramFailed
from bench.result import Result, at_least, compared, unmeasured
from bench.rivals import Rivals
from bench.stage import Stage
from bench.wire import Step, lives, request

CONNECTIONS = 32
GOAL = at_least(0.60)
UNIT = "callbacks/s"
_ENOUGH = 0.9  # of its core the load generator may use before it is suspected of limiting

Build = Callable[[Step], bytes]


@dataclass(slots=True)
class Server:
    """A server that takes callbacks, how a callback is written for it, and its rates so far."""

    program: Program
    build: Build
    calls: int
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # microseconds of the server's CPU per callback
    busy: float = 0.0

    def round(self, generation: int) -> float:
        """Send so many whole calls, wait until every handler has run, and return callbacks per second."""
        requests = [[self.build(step) for step in steps] for steps in lives(self.calls, generation)]
        before = self.program.real("cpu", self.program.ask(do="reset"))
        ran = closed_loop(self.program.port, dealt(requests, CONNECTIONS))
        self.busy = max(self.busy, ran.busy)
        used = self.program.real("cpu", self.program.ask(do="count")) - before
        self.costs.append(used / ran.answered * 1e6)
        return ran.answered / (max(ran.ended, handled(self.program, ran)) - ran.began) * 1e9


def handled(program: Program, ran: Ran) -> int:
    """Wait until every callback has had its handler, and return when the last had."""
    answer: dict[str, object] = {}
    for _ in range(500):
        answer = program.ask(do="count")
        if program.number("handled", answer) == ran.answered:
            return program.number("last", answer)
        sleep(0.02)
    raise ProgramFailed(f"{program.name} answered {ran.answered} callbacks and ran other handlers: {answer}")


def measured(servers: Sequence[Server], rounds: int) -> None:
    """Run all servers in turn; the first round warms them up and does not count."""
    for number in range(rounds + 1):
        for server in servers:
            rate = server.round(number)
            if number:
                server.rates.append(rate)


def cost_note(one: Server, other: Server) -> str:
    """Say what a callback costs in CPU time, which other work on the machine disturbs less than the clock."""
    mine, theirs = median(one.costs[1:]), median(other.costs[1:])
    return f"CPU per callback {mine:.0f} us against {theirs:.0f} us: {theirs / mine:.3f} by that measure"


def busy_note(*servers: Server) -> str:
    """Say how much of its core the load generator used at most, which must leave room."""
    busy = max(server.busy for server in servers)
    return f"load generator used {busy:.0%} of its core" + (
        ": it may be what limits" if busy > _ENOUGH else ""
    )


def service(stage: Stage, loop: str = "asyncio", store: str = "memory://", path: str = "") -> Program:
    """Start the measured service."""
    where = {"PYTHONPATH": path} if path else {}
    arguments = (loop, str(stage.folder), str(stage.platform), store)
    return Program("service", *arguments, core=cores()[0], environment=where)


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure callbot, the bare handler and the other SDKs in one series of rounds for each loop."""
    yield from _on_asyncio(stage, rivals)
    path = rivals.uvloop()
    if path is None:
        yield unmeasured("callbacks, uvloop", UNIT, rivals.why, GOAL)
        return
    with ExitStack() as stack:
        tokens = stage.tokens
        build = _plain(tokens)
        bare = Program("bare", "uvloop", core=cores()[0], environment={"PYTHONPATH": path})
        one = Server(stack.enter_context(service(stage, "uvloop", path=path)), build, 400)
        other = Server(stack.enter_context(bare), build, 400)
        measured([other, one], 15)
        notes = (cost_note(one, other), busy_note(one, other))
        yield compared("callbacks, uvloop", UNIT, one.rates, other.rates, GOAL, *notes)


def _on_asyncio(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    tokens = stage.tokens
    with ExitStack() as stack:
        build = _plain(tokens)
        one = Server(stack.enter_context(service(stage)), build, 400)
        other = Server(stack.enter_context(Program("bare", "asyncio", core=cores()[0])), build, 400)
        least = Server(stack.enter_context(Program("least", "asyncio", core=cores()[0])), build, 400)
        others: Mapping[str, Server] = {
            name: Server(stack.enter_context(program), body, calls)
            for name, program, body, calls in rivals.servers(stage, tokens)
        }
        measured([other, one, least, *others.values()], 15)
        notes = (cost_note(one, other), busy_note(one, other, *others.values()))
        yield compared("callbacks", UNIT, one.rates, other.rates, GOAL, *notes)
        best = f"the least reaches {median(least.rates) / median(other.rates):.3f} of the bare handler"
        cost = f"by CPU {median(other.costs[1:]) / median(least.costs[1:]):.3f}"
        notes = (f"{best}, {cost}", cost_note(one, least))
        yield compared("callbacks, against the least", UNIT, one.rates, least.rates, None, *notes)
        for name, server in others.items():
            share = median(server.rates) / median(other.rates)
            note = f"{name} reaches {share:.3f} of the bare handler"
            yield compared(f"callbacks, against {name}", UNIT, one.rates, server.rates, at_least(1.0), note)
    for name, why in rivals.missing.items():
        yield unmeasured(f"callbacks, against {name}", UNIT, why, at_least(1.0))


def _plain(tokens: Sequence[str]) -> Build:
    return lambda step: request(step, tokens)
