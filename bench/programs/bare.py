"""The baseline: a bare aiohttp application whose handler reads the body and answers 202.

Arguments: core, loop.
"""

from aiohttp import web

from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.programs.tally import Tally

tally = Tally()


async def take(request: web.Request) -> web.Response:
    """Read the body, answer 202."""
    await request.read()
    tally.note(request.headers["Scenario-Id"])
    return web.Response(status=202)


async def serve() -> None:
    """Serve until nobody asks any more."""
    app = web.Application()
    app.router.add_post("/api/calls", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say({"port": runner.addresses[0][1]})

    async def answer(question: Json) -> Json:
        return tally.answer(question)

    await listen_async(answer)
    await runner.cleanup()


if __name__ == "__main__":
    run(serve, pinned()[0])
