"""Downloading what was recorded."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from aiohttp import web

from callbot.errors import AuthenticationFailed, GraphTimeout, InvalidArgument, NotFound, Unavailable
from callbot.graph import GraphClient
from callbot.graph.recordings import LONGEST
from callbot.model import OperationStatus, RecordOperation
from callbot.testing import ManualClock
from tests.graph.conftest import OpenClient, until
from tests.graph.servers import Handler, ScriptedGraph, cut_in_the_middle, raw, reply

SOUND = bytes(range(256)) * 1000


def recorded(location: str) -> RecordOperation:
    return RecordOperation(
        status=OperationStatus.COMPLETED, recording_location=location, recording_access_token="for-it"
    )


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def in_pieces(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    for start in range(0, len(SOUND), 10_000):
        await response.write(SOUND[start : start + 10_000])
    return response


async def test_a_recording_is_written_to_a_file(
    client: GraphClient, graph: ScriptedGraph, tmp_path: Path
) -> None:
    graph.will(in_pieces)
    path = tmp_path / "answer.wav"
    assert await client.recordings.save(recorded(f"{graph.root}/rec/1"), path) == len(SOUND)
    assert path.read_bytes() == SOUND
    assert names(tmp_path) == ["answer.wav"]
    assert graph.seen[0].headers["Authorization"] == "Bearer for-it"
    assert not graph.sign_ins


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
async def test_a_recording_is_for_its_owner_alone_and_goes_where_it_is_told(
    client: GraphClient, graph: ScriptedGraph, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    old = os.umask(0)
    try:
        graph.will(in_pieces)
        await client.recordings.save(recorded(f"{graph.root}/rec/1"), folder / "a.wav")
    finally:
        os.umask(old)
    assert (folder / "a.wav").stat().st_mode & 0o777 == 0o600
    (folder / "b.wav.part").symlink_to(tmp_path / "precious")
    graph.will(in_pieces)
    with pytest.raises(OSError, match="symbolic links"):
        await client.recordings.save(recorded(f"{graph.root}/rec/1"), folder / "b.wav")
    assert names(tmp_path) == ["recordings"]


async def test_a_recording_can_be_streamed(client: GraphClient, graph: ScriptedGraph) -> None:
    graph.will(in_pieces)
    async with client.recordings.stream(recorded(f"{graph.root}/rec/1")) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == SOUND


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/rec",
        "https://skype.com.evil.example/rec",
        "https://notskype.com/rec",
        "http://api.asm.skype.com/rec",
        "https://user@api.asm.skype.com/rec",
        "//rec",
    ],
)
async def test_the_token_goes_to_no_other_host(client: GraphClient, location: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="recording_hosts"):
        await client.recordings.save(recorded(location), tmp_path / "x")
    assert not names(tmp_path)


async def test_a_redirect_does_not_take_the_token_elsewhere(
    client: GraphClient, graph: ScriptedGraph
) -> None:
    other = graph.root.replace("localhost", "127.0.0.1")
    graph.will(reply(302, headers={"Location": f"{other}/rec"}))
    with pytest.raises(InvalidArgument, match=r"127\.0\.0\.1"):
        async with client.recordings.stream(recorded(f"{graph.root}/rec")):
            pass
    assert len(graph.seen) == 1


async def test_a_host_of_the_settings_may_see_the_token(
    open_client: OpenClient, graph: ScriptedGraph, tmp_path: Path
) -> None:
    client = await open_client(recording_hosts="127.0.0.1")
    other = graph.root.replace("localhost", "127.0.0.1")
    graph.will(reply(302, headers={"Location": f"{other}/rec"}), in_pieces)
    assert await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x") == len(SOUND)


async def test_an_address_that_is_none_is_an_error_like_another(
    client: GraphClient, graph: ScriptedGraph, tmp_path: Path
) -> None:
    with pytest.raises(InvalidArgument, match="address is none"):
        await client.recordings.save(recorded("https://[::1/rec"), tmp_path / "x")
    graph.will(reply(302, headers={"Location": "https://[::1"}))
    with pytest.raises(Unavailable, match="redirects to none"):
        await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x")
    assert not names(tmp_path)


async def test_a_recording_that_only_drips_is_given_up(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path
) -> None:
    drops: list[float] = []

    def is_waited_for() -> bool:
        return any(not one.cancelled for one in clock._pending)

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not graph.let_go.is_set():
            await until(lambda: graph.let_go.is_set() or not is_waited_for())  # the last drop has arrived
            await until(lambda: graph.let_go.is_set() or is_waited_for())
            drops.append(clock.monotonic())
            await clock.advance(9.0)
            await response.write(b"x")
        return response

    client = await open_client(request_timeout=10)
    graph.will(drip)
    with pytest.raises(GraphTimeout):
        await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x")
    graph.let_go.set()
    assert drops[-1] - drops[0] <= LONGEST
    assert not names(tmp_path)


async def test_redirects_in_a_circle_end(client: GraphClient, graph: ScriptedGraph, tmp_path: Path) -> None:
    graph.otherwise = reply(302, headers={"Location": "/rec"})
    with pytest.raises(Unavailable, match="circle"):
        await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x")


@pytest.mark.parametrize("handler", [in_pieces, raw(SOUND, "application/octet-stream")])
async def test_a_recording_larger_than_allowed_leaves_no_file(
    client: GraphClient, graph: ScriptedGraph, tmp_path: Path, handler: Handler
) -> None:
    graph.will(handler)
    with pytest.raises(InvalidArgument, match="larger than 1000 bytes"):
        await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x", max_size=1000)
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (reply(404), NotFound),
        (reply(401), AuthenticationFailed),
        (reply(500), Unavailable),
        (reply(304), Unavailable),
        (cut_in_the_middle, Unavailable),
    ],
)
async def test_a_download_that_fails_leaves_no_file(
    client: GraphClient, graph: ScriptedGraph, tmp_path: Path, handler: Handler, error: type[Exception]
) -> None:
    graph.will(handler)
    with pytest.raises(error):
        await client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x")
    assert not names(tmp_path)


async def test_a_download_that_stops_ends_at_the_deadline(
    open_client: OpenClient, graph: ScriptedGraph, clock: ManualClock, tmp_path: Path
) -> None:
    client = await open_client(request_timeout=10)

    async def stops(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"RIFF")
        await graph.let_go.wait()
        return response

    graph.will(stops)
    part = tmp_path / "x.part"
    saving = asyncio.ensure_future(client.recordings.save(recorded(f"{graph.root}/rec"), tmp_path / "x"))
    await until(part.exists)
    while not saving.done():
        await clock.advance(10)
    with pytest.raises(GraphTimeout):
        await saving
    assert not names(tmp_path)


async def test_an_operation_without_recording_says_so(client: GraphClient, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="no recording"):
        await client.recordings.save(RecordOperation(status=OperationStatus.FAILED), tmp_path / "x")
