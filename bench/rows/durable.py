"""Callbacks per second when each is on disk before its 202, against the same without a disk."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.result import Result, compared
from bench.rivals import Rivals
from bench.rows.callbacks import UNIT, Server, cost_note, measured, service
from bench.stage import Stage
from bench.wire import request

_ROUNDS = 5


def run(stage: Stage, rivals: Rivals) -> Iterator[Result]:
    """Measure the store that survives, with and without waiting for the disk, and memory in turn."""
    del rivals
    tokens = stage.tokens
    ways = {"full": "sqlite", "normal": "sqlite, synchronous=normal"}
    with ExitStack() as stack:
        servers = {
            "memory": Server(stack.enter_context(service(stage)), lambda step: request(step, tokens), 200)
        }
        for way in ways:
            store = f"sqlite:///{stage.folder}/durable-{way}.db?synchronous={way}"
            program = stack.enter_context(service(stage, store=store))
            servers[way] = Server(program, lambda step: request(step, tokens), 200)
        measured(list(servers.values()), _ROUNDS)
        other = servers["memory"]
        for way, name in ways.items():
            one = servers[way]
            yield compared(f"callbacks, {name}", UNIT, one.rates, other.rates, None, cost_note(one, other))
