"""What a server could do to the bot that asks it: each answer ends, costs little and is an error."""

import asyncio
import tracemalloc
import zlib
from pathlib import Path

import pytest
from aiohttp import web

from callbot.errors import GraphError, InvalidArgument, Unavailable
from callbot.graph import GraphClient
from callbot.graph.transport.connection import MAX_ANSWER
from callbot.model import OperationStatus, RecordOperation
from callbot.testing import ManualClock
from tests.graph.conftest import outcome_of
from tests.graph.servers import CALL, Handler, ScriptedGraph

BLANKS = b" " * 2**20
INFLATED = 100 * len(BLANKS)


def bomb(wbits: int) -> bytes:
    """A hundred megabytes of blanks, in a hundred kilobytes."""
    packer = zlib.compressobj(9, wbits=wbits)
    return b"".join(packer.compress(BLANKS) for _ in range(INFLATED // len(BLANKS))) + packer.flush()


def on_the_wire(head: str, body: bytes = b"", *, forever: bytes = b"") -> Handler:
    """Return a handler that writes just these bytes, and `forever` again until the other end hangs up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        transport.write(head.replace("\n", "\r\n").encode() + body)
        while forever and not transport.is_closing():
            if transport.get_write_buffer_size() < len(forever):
                transport.write(forever)
            await asyncio.sleep(0)
        transport.close()
        return web.Response()

    return answer


def document(body: bytes, *headers: str) -> Handler:
    lines = "".join(f"{header}\n" for header in headers)
    return on_the_wire(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}\n{lines}\n", body)


TOO_MUCH = {
    "a gzip bomb": document(bomb(31), "Content-Encoding: gzip"),
    "a deflate bomb": document(bomb(15), "Content-Encoding: deflate"),
    "chunks without end": on_the_wire(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", forever=b"10000\r\n" + bytes(65536) + b"\r\n"
    ),
    "a body without length or end": on_the_wire("HTTP/1.1 200 OK\n\n", forever=bytes(65536)),
    "a length nobody can read": on_the_wire(f"HTTP/1.1 200 OK\nContent-Length: {10**12}\n\n{{}}"),
}
NOT_HTTP = {
    "headers without end": on_the_wire("HTTP/1.1 200 OK\n", forever=b"X: y\r\n" * 1000),
    "a header without end": on_the_wire("HTTP/1.1 200 OK\nX: ", forever=b"y" * 65536),
    "a chunk's extension without end": on_the_wire(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2;x\n{}\nZZ"
    ),
    "a body that is not gzip": document(b"hello", "Content-Encoding: gzip"),
    "half of a gzip": document(bomb(31)[:-200], "Content-Encoding: gzip"),
    "a length below zero": on_the_wire("HTTP/1.1 200 OK\nContent-Length: -2\n\n{}"),
    "two lengths": on_the_wire("HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3\n\n{}x"),
    "length and chunks": on_the_wire("HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: chunked\n\n{}"),
    "less than announced": on_the_wire("HTTP/1.1 200 OK\nContent-Length: 20\n\n{}"),
    "another protocol": on_the_wire("HTTP/1.1 101 Switching\nUpgrade: x\nConnection: upgrade\n\nxx"),
    "no protocol at all": on_the_wire("hello\n\n"),
    "nothing": on_the_wire(""),
}
NO_DOCUMENT = {
    "nesting without end": document(b'{"id":' + b"[" * 1_000_000),
    "a number nobody can hold": document(b'{"id":"x","n":' + b"9" * 5000 + b"}"),
    "numbers JSON lacks": document(b'{"id":"x","n":NaN,"m":1e999}'),
    "half a character": document(b'{"id":"\\ud800"}'),
}
ALL = TOO_MUCH | NOT_HTTP | NO_DOCUMENT


@pytest.mark.parametrize("what", ALL)
async def test_a_hostile_answer_is_an_error_of_graph(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, what: str
) -> None:
    graph.otherwise = ALL[what]
    with pytest.raises(GraphError):
        await outcome_of(clock, client.get_call(CALL, tenant=None))


@pytest.mark.parametrize("what", TOO_MUCH | NOT_HTTP)
async def test_a_hostile_download_is_an_error_and_leaves_no_file(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path, what: str
) -> None:
    graph.otherwise = ALL[what]
    recorded = RecordOperation(
        status=OperationStatus.COMPLETED,
        recording_location=f"{graph.root}/rec",
        recording_access_token="for-it",
    )
    with pytest.raises(GraphError):
        await client.recordings.save(recorded, tmp_path / "x", max_size=2**20)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", TOO_MUCH | NOT_HTTP)
async def test_a_hostile_sign_in_service_is_an_error(
    client: GraphClient, graph: ScriptedGraph, clock: ManualClock, what: str
) -> None:
    graph.sign_in_script.extend([ALL[what]] * 3)
    with pytest.raises(Unavailable):
        await outcome_of(clock, client.get_call(CALL, tenant=None))
    assert graph.seen == []


@pytest.mark.parametrize("what", ["a gzip bomb", "a deflate bomb"])
async def test_a_bomb_is_not_inflated_beyond_what_an_answer_may_have(
    client: GraphClient, graph: ScriptedGraph, what: str
) -> None:
    graph.otherwise = ALL[what]
    tracemalloc.start()
    try:
        with pytest.raises((Unavailable, InvalidArgument)):
            await client.get_call(CALL, tenant=None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * MAX_ANSWER < INFLATED
