"""The baseline: a bare aiohttp application whose handler reads the body and answers 202.

Arguments: core, loop.
"""

from aiohttp import web

from bench.programs.plain import serve
from bench.programs.speaking import pinned, run
from bench.programs.tally import Tally

tally = Tally()


async def take(request: web.Request) -> web.Response:
    """Read the body, answer 202."""
    await request.read()
    tally.note(request.headers["Scenario-Id"])
    return web.Response(status=202)


if __name__ == "__main__":
    loop = pinned()[0]
    run(lambda: serve(take, tally), loop)
