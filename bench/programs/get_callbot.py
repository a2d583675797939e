"""Reads calls with callbot's client, token from MSAL. Arguments: core, folder of the stage, port, call id."""

from pathlib import Path

from bench.programs.getting import obey
from bench.programs.speaking import pinned, run
from bench.stage import TENANTS, Stage
from callbot.graph import GraphClient


async def main() -> None:
    """Read until nobody asks any more."""
    async with GraphClient(Stage(Path(folder), int(port)).settings()) as graph:

        async def get() -> tuple[object, ...]:
            call = await graph.get_call(call_id, tenant=TENANTS[0])
            source = call.source
            user = source.identity.user if source is not None and source.identity is not None else None
            return call.id, call.state, call.direction, user.display_name if user is not None else None

        await obey(get)


if __name__ == "__main__":
    folder, port, call_id = pinned()
    run(main)
