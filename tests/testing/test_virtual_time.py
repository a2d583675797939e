"""Virtual time: hours in no time, and never a jump while something is under way."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from callbot.clock import sleep, timeout
from callbot.testing.virtual import LoopClock, VirtualTime


async def test_hours_pass_within_a_test() -> None:
    with VirtualTime():
        clock = LoopClock()
        at = clock.time()
        await asyncio.sleep(3600)
        await sleep(clock, 3600)
        assert clock.time() - at == pytest.approx(7200)


async def test_timers_are_due_in_their_order() -> None:
    order: list[str] = []

    async def after(seconds: float, name: str) -> None:
        await asyncio.sleep(seconds)
        order.append(name)

    with VirtualTime():
        await asyncio.gather(after(300, "third"), after(0.1, "first"), after(20, "second"))
    assert order == ["first", "second", "third"]


async def test_a_time_limit_is_virtual_too() -> None:
    with VirtualTime():
        with pytest.raises(TimeoutError):
            async with timeout(LoopClock(), 900):
                await asyncio.get_running_loop().create_future()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(900):
                await asyncio.get_running_loop().create_future()


async def test_time_stands_still_while_a_thread_works() -> None:
    go = threading.Event()
    ended = []
    with VirtualTime() as virtual:
        loop = asyncio.get_running_loop()
        loop.call_later(60, lambda: ended.append("jumped"))
        virtual.alarm(0.1, go.set)
        await asyncio.to_thread(go.wait)
        assert not ended
        await asyncio.sleep(61)
        assert ended


@asynccontextmanager
async def served(handler: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(handler)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_time_stands_still_while_a_request_is_on_the_wire() -> None:
    """Between the two ends nothing runs in the loop, and still the answer must come before the timer."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=bytes(1_000_000))

    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/", answer)
    with VirtualTime():
        async with served(app) as url, aiohttp.ClientSession() as session:
            for _ in range(20):
                async with asyncio.timeout(0.001), session.post(url, data=bytes(1_000_000)) as response:
                    assert len(await response.read()) == 1_000_000


async def test_time_stands_still_for_an_answer_from_outside_the_loop() -> None:
    """A server in another thread takes its time, and nothing in this loop shows that it is at work."""
    loop = asyncio.new_event_loop()
    ready: list[str] = []
    known = threading.Event()

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.Response(text="here")

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/", answer)
        async with served(app) as url:
            ready.append(url)
            known.set()
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    known.wait()
    with VirtualTime():
        async with aiohttp.ClientSession() as session, asyncio.timeout(0.001):
            response = await session.get(ready[0])
            assert await response.text() == "here"
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


async def test_time_jumps_while_a_handler_of_this_process_holds_the_request() -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(200)
        return web.Response(text="late")

    app = web.Application()
    app.router.add_get("/", answer)
    with VirtualTime():
        async with served(app) as url:
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                assert await response.text() == "late"
            async with aiohttp.ClientSession() as session:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(5):
                        await session.get(url)


async def test_a_handler_whose_client_has_gone_does_not_stand_for_another_request() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.query:
            await asyncio.sleep(600)
        await request.read()
        return web.Response(body=bytes(1_000_000))

    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/", answer)
    with VirtualTime():
        async with served(app) as url, aiohttp.ClientSession() as session:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(5):
                    await session.post(url + "?hold=1")
            for _ in range(10):
                async with asyncio.timeout(0.001), session.post(url, data=bytes(1_000_000)) as response:
                    await response.read()


async def test_the_loop_has_its_own_time_again_afterwards() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    with VirtualTime():
        await asyncio.sleep(1000)
        assert loop.time() - before >= 1000
        with pytest.raises(RuntimeError, match="one simulation at a time"), VirtualTime():
            pass
    assert loop.time() - before < 100
    await asyncio.sleep(0.001)
    assert await asyncio.to_thread(lambda: "works") == "works"
