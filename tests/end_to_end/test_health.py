"""What the probes of an operator are told."""

import resource
import ssl
from pathlib import Path

import aiohttp

from callbot import CallBot
from tests.end_to_end.conftest import Start, World


async def probe(world: World, path: str) -> tuple[int, dict[str, object]]:
    url = world.settings.callback_url.removesuffix(world.settings.callback_path) + path
    tls = ssl.create_default_context(cafile=world.emulator.ca_file)
    async with aiohttp.ClientSession() as client, client.get(url, ssl=tls) as response:
        return response.status, await response.json()


async def test_a_running_bot_is_healthy_and_ready(start: Start) -> None:
    async with start(CallBot()) as world:
        assert await probe(world, "/healthz") == (200, {"status": "ok"})
        assert await probe(world, "/readyz") == (200, {"status": "ready", "reasons": []})


async def test_a_bot_that_drains_is_healthy_but_not_ready(start: Start) -> None:
    async with start(CallBot()) as world:
        await world.runtime.drain()
        assert (await probe(world, "/healthz"))[0] == 200
        status, body = await probe(world, "/readyz")
        assert (status, body["status"]) == (503, "unready")
        assert "drains" in str(body["reasons"])


async def test_a_bot_without_keys_is_not_ready(start: Start) -> None:
    async with start(CallBot(), metadata_url="https://localhost:1/keys") as world:
        status, body = await probe(world, "/readyz")
        assert status == 503
        assert "keys" in str(body["reasons"])


async def test_a_bot_whose_disk_is_full_is_not_ready_until_there_is_room(
    start: Start, tmp_path: Path
) -> None:
    store = tmp_path / "calls.db"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with start(CallBot(), store=f"sqlite:///{store}") as world:
        assert (await probe(world, "/readyz"))[0] == 200
        log = store.with_name("calls.db-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, hard))  # no file may grow beyond
        try:
            await world.emulator.place_call("Ana")
            await world.until(lambda: world.runtime.store_health.down)
            status, body = await probe(world, "/readyz")
            assert (status, body["status"]) == (503, "unready")
            assert body["reasons"] == ["the store does not keep what is written to it: the log says why"]
            assert (await probe(world, "/healthz"))[0] == 200
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await world.until(lambda: not world.runtime.store_health.down)
        assert await probe(world, "/readyz") == (200, {"status": "ready", "reasons": []})
