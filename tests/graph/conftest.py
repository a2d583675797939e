"""A scripted Graph over TLS, and clients of it on a clock that tests move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from callbot.graph import GraphClient
from callbot.settings import Settings
from callbot.testing import ManualClock
from tests.graph.authorities import Authority
from tests.graph.servers import TENANT, ScriptedGraph

T = TypeVar("T")


class OpenClient(Protocol):
    """Opens a client of the scripted Graph, with settings of the test's own."""

    def __call__(self, **changes: object) -> Awaitable[GraphClient]: ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def server_pem(authority: Authority) -> Path:
    return authority.server()


@pytest.fixture
async def graph(server_pem: Path) -> AsyncIterator[ScriptedGraph]:
    async with ScriptedGraph(server_pem) as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def settings_for(graph: ScriptedGraph, authority: Authority) -> Callable[..., Settings]:
    def make(**changes: object) -> Settings:
        values: dict[str, object] = {
            "app_id": "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33",
            "tenant_id": TENANT,
            "client_secret": "a-secret",
            "callback_url": "https://bot.example.com/api/calls",
            "authority": graph.root,
            "graph_root": graph.root,
            "ca_file": authority.file,
        }
        return Settings(**(values | changes))

    return make


@pytest.fixture
async def open_client(settings_for: Callable[..., Settings], clock: ManualClock) -> AsyncIterator[OpenClient]:
    async with AsyncExitStack() as stack:

        async def make(**changes: object) -> GraphClient:
            return await stack.enter_async_context(GraphClient(settings_for(**changes), clock))

        yield make


@pytest.fixture
async def client(open_client: OpenClient) -> GraphClient:
    """A client whose deadline no test reaches by moving the clock a little."""
    return await open_client(request_timeout=1e9)


async def outcome_of(clock: ManualClock, work: Coroutine[object, object, T]) -> T:
    """Return what `work` returns, moving the clock on whenever something waits for a while to pass.

    Deadlines are far away in these tests: what is due soon is a pause, and how fast the machine is changes
    nothing.
    """
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=0.002)
        soon = [one.due for one in clock._pending if not one.cancelled and one.due < clock.monotonic() + 3600]
        if soon:
            await clock.advance(min(soon) - clock.monotonic())
    return await task


async def until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds, letting everything else run meanwhile."""
    while not condition():  # noqa: ASYNC110 - the condition is the state of real sockets
        await asyncio.sleep(0)
