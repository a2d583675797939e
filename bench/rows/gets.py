"""Typed reads of a call per second, against bare aiohttp and `json`, and against msgraph-sdk."""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from bench.machine import cores
from bench.program import Program
from bench.result import Result, at_least, compared, unmeasured
from bench.rivals import Rivals
from bench.stage import Stage
from bench.wire import call_id_of

_ROUNDS = 21
_UNIT = "GET/s"
_TIMES = {"callbot": 500, "bare": 500, "msgraph-sdk": 60}
_CALL_ID = call_id_of(1, 1)


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure all three in turn, eight requests at a time, over TLS."""
    rates: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    with ExitStack() as stack:
        programs = {name: stack.enter_context(program) for name, program in _programs(stage, rivals).items()}
        for number in range(_ROUNDS + 1):
            for name, program in programs.items():
                times = _TIMES[name]
                answer = program.ask(times=times)
                if number:  # the first round warms up
                    rates.setdefault(name, []).append(times / program.real("seconds", answer))
                    costs.setdefault(name, []).append(program.real("cpu", answer) / times * 1e6)
    mine, theirs = median(costs["callbot"]), median(costs["bare"])
    note = f"CPU per read {mine:.0f} us against {theirs:.0f} us: {theirs / mine:.3f} by that measure"
    yield compared("typed GET", _UNIT, rates["callbot"], rates["bare"], at_least(0.80), note)
    name = "typed GET, against msgraph-sdk"
    if "msgraph-sdk" in rates:
        share = median(rates["msgraph-sdk"]) / median(rates["bare"])
        note = f"msgraph-sdk reaches {share:.3f} of bare aiohttp"
        yield compared(name, _UNIT, rates["callbot"], rates["msgraph-sdk"], at_least(1.0), note)
    else:
        yield unmeasured(name, _UNIT, rivals.why, at_least(1.0))


def _programs(stage: Stage, rivals: Rivals) -> dict[str, Program]:
    core = cores()[0]
    ours = (str(stage.folder), str(stage.platform), _CALL_ID)
    found = {
        "bare": Program("get_bare", *ours, core=core),
        "callbot": Program("get_callbot", *ours, core=core),
    }
    if rivals.ready():
        theirs = (stage.root, str(stage.folder / "tokens.json"), _CALL_ID)
        environment = {"SSL_CERT_FILE": str(stage.ca_file)}
        found["msgraph-sdk"] = Program(
            "get_msgraph", *theirs, core=core, python=rivals.python, environment=environment
        )
    return found
