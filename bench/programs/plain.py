"""A plain aiohttp application of one handler, and how many callbacks it has taken."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bench.programs.speaking import Json, listen_async, say
from bench.programs.tally import Tally
from bench.stage import CALLBACK_PATH


async def serve(take: Callable[[web.Request], Awaitable[web.Response]], tally: Tally) -> None:
    """Serve until nobody asks any more."""
    app = web.Application()
    app.router.add_post(CALLBACK_PATH, take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say({"port": runner.addresses[0][1]})

    async def answer(question: Json) -> Json:
        return tally.answer(question)

    await listen_async(answer)
    await runner.cleanup()
