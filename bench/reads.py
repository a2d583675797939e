"""How much reading one call does, counted: a typed GET, and a call recovered from what the store holds.

The wire is left out: an answer is at hand as soon as it is asked for, so that only callbot is counted.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from types import FrameType
from typing import Any

from yarl import URL

from bench.stage import APP_ID, TENANTS
from bench.wire import call_document, call_id_of
from callbot.clock import Clock
from callbot.graph.transport.answers import Answer
from callbot.graph.transport.connection import Connection
from callbot.graph.transport.funnel import Funnel
from callbot.graph.verbs.calls import CallVerbs
from callbot.model import call_key
from callbot.registry import Registry
from callbot.state import Created, Read, Record
from callbot.store import MemoryStore
from callbot.store.encoding import decode_record, encode

_WARM = 5
_TIMES = 20

TraceFunction = Callable[[FrameType, str, Any], Any]  # as `sys.settrace` has it


class AnswerAtHand(Connection):
    """Answers every request with the same body."""

    def __init__(self, clock: Clock, document: Mapping[str, object]) -> None:
        super().__init__(clock)
        self._answer = Answer(200, {}, json.dumps(document).encode())

    async def exchange(
        self,
        method: str,  # noqa: ARG002 - as a connection's
        url: URL | str,  # noqa: ARG002 - as above
        headers: Mapping[str, str],  # noqa: ARG002 - as above
        body: bytes | None,  # noqa: ARG002 - as above
        within: float,  # noqa: ARG002 - as above
    ) -> Answer:
        """Return the answer."""
        return self._answer


class TokenAtHand:
    """A token that never expires."""

    def cached(self, tenant: str) -> str | None:  # noqa: ARG002 - as a source of tokens
        """Return it."""
        return "of-the-bench"

    async def token(self, tenant: str) -> str:  # noqa: ARG002 - as above
        """Return it."""
        return "of-the-bench"

    def drop(self, tenant: str, token: str) -> bool:  # noqa: ARG002 - as every source of tokens
        """Keep it: there is no other."""
        return False

    async def close(self) -> None:
        """There is nothing to end."""


def verbs(clock: Clock, call_id: str) -> CallVerbs:
    """Return what reads the call `call_id`, without a wire."""
    connection = AnswerAtHand(clock, call_document(call_id))
    root = URL("https://graph.invalid")
    return CallVerbs(Funnel(connection, TokenAtHand(), clock, root, "Global", None, 10.0))


async def typed_get(clock: Clock) -> float:
    """Return how many instructions one read takes, and looking at four of its fields."""
    call_id = call_id_of(1, 1)
    reading = verbs(clock, call_id)

    async def get() -> None:
        call = await reading.get_call(call_id, tenant=TENANTS[0])
        user = call.source.identity.user if call.source is not None else None
        if (call.id, user is None, call.state, call.direction) != (call_id, False, "established", "incoming"):
            raise RuntimeError("the call was not read as it was sent")

    return await _counted(get)


async def recovery(clock: Clock) -> float:
    """Return how many instructions it takes to load a stored call, to read it and to fold what was read."""
    call_id = call_id_of(1, 1)
    reading = verbs(clock, call_id)
    stored = encode(await _as_left(clock, call_id))

    async def recover() -> None:
        store = MemoryStore(clock)
        record = decode_record(stored)._replace(version=1)
        await store.put(record)
        registry = Registry(store, wanted=lambda _: True)
        await registry.load()
        call = await reading.get_call(record.id, tenant=record.tenant_id)
        await registry.observe(record.key, Read(clock.time(), clock.time(), call.to_wire()))

    return await _counted(recover)


async def _as_left(clock: Clock, call_id: str) -> Record:
    registry = Registry(MemoryStore(clock), wanted=lambda _: False)
    now, document = clock.time(), call_document(call_id)
    await registry.observe(call_key(call_id), Created(now, APP_ID, TENANTS[0], call_id, document))
    observed = await registry.observe(call_key(call_id), Read(now, now, document))
    if observed.record is None:
        raise RuntimeError("the call was not taken in")
    return observed.record._replace(version=0)


async def _counted(do: Callable[[], Awaitable[None]]) -> float:
    found = 0

    def count(frame: FrameType, kind: str, _argument: object) -> TraceFunction:
        nonlocal found
        if kind == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        found += kind == "opcode"
        return count

    for _ in range(_WARM):
        await do()
    before = sys.gettrace()
    sys.settrace(count)
    try:
        for _ in range(_TIMES):
            await do()
    finally:
        sys.settrace(before)
    return found / _TIMES
