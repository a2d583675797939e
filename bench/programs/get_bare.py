"""Reads calls with a bare aiohttp client and `json`. Arguments: core, folder of the stage, port, call id."""

import json
import ssl
from pathlib import Path

import aiohttp

from bench.programs.getting import obey
from bench.programs.speaking import Json, pinned, run
from bench.stage import Stage


async def main() -> None:
    """Read until nobody asks any more."""
    stage = Stage(Path(folder), int(port))
    url = f"{stage.root}/v1.0/communications/calls/{call_id}"
    headers = {"Authorization": f"Bearer {stage.tokens[0]}"}
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(stage.ca_file)))
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get() -> tuple[object, ...]:
            async with session.get(url, headers=headers) as response:
                call: Json = json.loads(await response.read())
            source = call["source"]
            user = source["identity"]["user"]["displayName"] if isinstance(source, dict) else None
            return call["id"], call["state"], call["direction"], user

        await obey(get)


if __name__ == "__main__":
    folder, port, call_id = pinned()
    run(main)
