"""A list of calls, once."""

import json
from collections.abc import Mapping

import click

from callbot.cli.calls.client import AdminClient
from callbot.cli.calls.place import Json, Place
from callbot.cli.calls.views import complaints, table
from callbot.clock import SystemClock

_PAGE = 500


async def list_calls(place: Place, query: Mapping[str, str], limit: int, *, as_json: bool) -> None:
    """Print the calls that are asked for."""
    async with AdminClient(place) as admin:
        calls, answer = await read_calls(admin, query, limit)
    for line in complaints(answer["bots"]):
        click.secho(line, err=True, fg="yellow")
    if as_json:
        for call in calls:
            click.echo(json.dumps(call))
        return
    for line in table(calls, SystemClock().time()):
        click.echo(line)
    click.echo(click.style(summary(len(calls), answer["matching"], query), dim=bool(calls)))


async def read_calls(admin: AdminClient, query: Mapping[str, str], limit: int) -> tuple[list[Json], Json]:
    """Return the newest calls, `limit` at most, and the last page they are from."""
    calls: list[Json] = []
    after: dict[str, str] = {}
    while True:
        answer = await admin.get("/calls", **query, **after, limit=str(min(limit - len(calls), _PAGE)))
        calls += answer["calls"]
        if answer["next"] is None or len(calls) >= limit:
            return calls, answer
        after = {"after": answer["next"]}


def summary(shown: int, matching: int, query: Mapping[str, str]) -> str:
    """Say how many there are."""
    kind = "ended call" if "ended" in query else "call"
    calls = f"{matching} {kind}{'' if matching == 1 else 's'}"
    if shown < matching:
        return f"the newest {shown} of {calls}; --limit shows more"
    return calls if matching else f"no {kind}s"
