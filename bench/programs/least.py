"""The least that does what the row asks for, with no promise kept: it tells what could be reached at best.

It recalls the sender by a hash of the token, parses the body, merges the fields into a dictionary and runs a
handler in a task of its own for what is news. Nothing is verified, validated, queued, put in order or kept
for a restart. Arguments: core, loop.
"""

import asyncio
import json
from hashlib import sha256

from aiohttp import web

from bench.programs.plain import serve
from bench.programs.speaking import Json, pinned, run
from bench.programs.tally import Tally

tally = Tally()
senders: dict[bytes, str] = {}
records: dict[str, Json] = {}
handlers: set[asyncio.Task[None]] = set()


async def handler(scenario: str) -> None:
    """Count it."""
    tally.note(scenario)


async def take(request: web.Request) -> web.Response:
    """Do each step once, and answer with the ids as callbot does."""
    headers, body = request.headers, await request.read()
    senders.setdefault(sha256(headers["Authorization"].encode()).digest(), "somebody")
    for notification in json.loads(body)["value"]:
        key = notification["resourceUrl"].rpartition("/")[2].replace("-", "").lower()
        before, data = records.get(key, {}), notification["resourceData"]
        records[key] = {**before, **data}
        if before.get("state") != data["state"] or "toneInfo" in data:
            task = asyncio.create_task(handler(headers["Scenario-Id"]))
            handlers.add(task)
            task.add_done_callback(handlers.discard)
    echo = {
        "Client-Request-Id": headers["X-Microsoft-Skype-Message-ID"],
        "Scenario-Id": headers["Scenario-Id"],
    }
    return web.Response(status=202, headers=echo)


if __name__ == "__main__":
    loop = pinned()[0]
    run(lambda: serve(take, tally), loop)
