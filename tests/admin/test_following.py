"""Whoever follows and does not read is left behind, and the bot never waits."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import aiohttp

from callbot import CallBot, Settings
from callbot.admin import AdminApi, AdminPort
from callbot.admin.timeline import Entry, Feed, Happened
from callbot.admin.timeline.feed import LONGEST_QUEUE, MOST_FOLLOWERS, MOST_WAITING, PATIENCE
from callbot.clock import Clock
from callbot.hosted import HostedBot
from callbot.state import Record
from callbot.testing import ManualClock
from tests.ports import free_port

HAPPENED = Happened("app", "call", Entry(1.0, "keep-alive", "x" * 200, "repeated"))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - the condition may be about anything
        await asyncio.sleep(0)


async def admin_port(clock: Clock | None = None) -> tuple[AdminApi, AdminPort, int]:
    port = free_port()
    settings = Settings(
        app_id="app", client_secret="s", callback_url="https://bot.example.com/c", admin_port=port
    )
    hosted = HostedBot(CallBot(), settings, clock=clock)
    api = AdminApi(hosted)
    hosted.runtime.registry._records["call"] = Record("call", "call", "app", None, 1.0, 1.0, 1.0)
    served = AdminPort(api)
    await served.start()
    return api, served, port


async def test_one_that_does_not_read_is_left_behind_and_another_is_not() -> None:
    clock = ManualClock()
    api, served, port = await admin_port(clock)
    try:
        loop = asyncio.get_running_loop()
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)
        await loop.sock_connect(slow, ("127.0.0.1", port))
        await loop.sock_sendall(slow, b"GET /calls/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{port}/calls/events") as events,
        ):
            read = 0

            async def read_all() -> None:
                nonlocal read
                async for line in events.content:
                    read += len(line) > 1

            reading = asyncio.create_task(read_all())
            await until(lambda: api.feed.followers == 2)
            sent = 0
            while api.feed.followers == 2:
                for _ in range(2 * LONGEST_QUEUE):  # as one callback may bring
                    api.feed.publish(HAPPENED)
                sent += 2 * LONGEST_QUEUE
                while read < sent:
                    await clock.advance(PATIENCE / LONGEST_QUEUE)
                await clock.advance(PATIENCE)
            assert api.feed.followers == 1
            reading.cancel()
        slow.close()
    finally:
        await served.stop()


async def test_one_that_reads_is_not_left_behind_by_what_one_callback_brings() -> None:
    feed, cut = Feed(ManualClock()), list[str]()
    follower = feed.follow(lambda: cut.append("one"))
    for _ in range(3):
        brought = [Happened("app", f"call-{n}", HAPPENED.entry) for n in range(5 * LONGEST_QUEUE)]
        for one in brought:
            feed.publish(one)
        read: list[Happened] = []
        while len(read) < len(brought):
            read += await follower.read(7)
        assert read == brought
    assert cut == []


async def test_one_that_reads_nothing_for_a_while_is_left_behind() -> None:
    clock, cut = ManualClock(), list[str]()
    feed = Feed(clock)
    feed.follow(lambda: cut.append("one"))
    await clock.advance(3600)  # with nothing to read
    for _ in range(LONGEST_QUEUE):
        feed.publish(HAPPENED)
    await clock.advance(PATIENCE - 0.1)
    feed.publish(HAPPENED)
    assert cut == []
    await clock.advance(0.1)
    feed.publish(HAPPENED)
    assert (cut, feed.followers) == (["one"], 0)


async def test_what_waits_for_one_has_a_limit_whatever_happens_at_once() -> None:
    feed, cut = Feed(ManualClock()), list[str]()
    feed.follow(lambda: cut.append("one"))
    for _ in range(MOST_WAITING):
        feed.publish(HAPPENED)
    assert cut == []
    feed.publish(HAPPENED)
    assert (cut, feed.followers) == (["one"], 0)


async def test_what_happens_in_other_calls_does_not_wait_for_one_that_follows_a_call() -> None:
    feed, cut = Feed(ManualClock()), list[str]()
    follower = feed.follow(lambda: cut.append("one"), only="mine")
    for _ in range(MOST_WAITING + 1):
        feed.publish(HAPPENED)
    mine = HAPPENED._replace(key="mine")
    feed.publish(mine)
    assert (await follower.read(10), cut) == ([mine], [])


async def test_there_is_a_limit_to_how_many_follow() -> None:
    api, served, port = await admin_port()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            following = [await client.get("/calls/events") for _ in range(MOST_FOLLOWERS)]
            async with client.get("/calls/events") as refused:
                assert (refused.status, (await refused.json())["error"]["kind"]) == (503, "TooManyFollowers")
            for one in following:
                one.close()
            while api.feed.followers:
                api.feed.publish(HAPPENED)  # a write is what finds out that nobody is there
                await asyncio.sleep(0)
            async with client.get("/calls/events") as again:
                assert again.status == 200
    finally:
        await served.stop()


async def test_a_web_page_takes_no_place_of_a_follower() -> None:
    api, served, port = await admin_port()
    try:
        async with aiohttp.ClientSession(headers={"Sec-Fetch-Site": "cross-site"}) as page:
            for _ in range(MOST_FOLLOWERS + 1):
                async with page.get(f"http://127.0.0.1:{port}/calls/events") as image:
                    assert image.status == 403
            assert api.feed.followers == 0
    finally:
        await served.stop()


async def test_a_stop_ends_every_following() -> None:
    _, served, port = await admin_port()
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/calls/events") as events,
    ):
        assert await events.content.readline() == b"\n"
        await served.stop()
        assert await events.content.read() == b""


async def test_whoever_follows_after_the_end_is_told_so_at_once() -> None:
    api, served, _ = await admin_port()
    await served.stop()
    follower = api.feed.follow(left_behind=lambda: None)
    assert await follower.read(1) == []
    assert api.feed.followers == 0


async def test_nothing_is_published_where_nobody_follows() -> None:
    api, served, _ = await admin_port()
    for _ in range(3 * LONGEST_QUEUE):
        api.feed.publish(HAPPENED)
    assert api.feed.followers == 0
    await served.stop()


async def test_a_process_that_waits_for_another_says_that_it_does_not_look_after_calls(
    tmp_path: Path,
) -> None:
    bots, ports = [], []
    for _ in range(2):
        port = free_port()
        settings = Settings(
            app_id="app",
            client_secret="s",
            callback_url="https://bot.example.com/c",
            callbacks="off",
            store=f"sqlite:///{tmp_path}/calls.db",
            admin_port=port,
        )
        hosted = HostedBot(CallBot(), settings)
        served = AdminPort.beside(hosted)
        await served.start()
        await hosted.start()
        bots.append((hosted, served))
        ports.append(port)
    told = []
    async with aiohttp.ClientSession() as client:
        for port in ports:
            async with client.get(f"http://127.0.0.1:{port}/calls") as answer:
                told += [bot["looks_after_calls"] for bot in (await answer.json())["bots"]]
        async with client.post(
            f"http://127.0.0.1:{ports[1]}/calls", json={"user": "3f0c9a7e-5b1d-4e2a-9c8f-0a1b2c3d4e5f"}
        ) as answer:
            assert (answer.status, (await answer.json())["error"]["kind"]) == (503, "NotNow")
    for hosted, served in bots:
        await hosted.stop()
        await served.stop()
    assert told == [True, False]
