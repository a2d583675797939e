"""The commands `call show`, `call hangup` and `call place`."""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import click

from callbot.cli.calls.place import Json, Place, asking, place_of
from callbot.cli.calls.views import detail, who
from callbot.cli.failures import EXIT_CODES, USAGE, Failure, explained
from callbot.clock import SystemClock

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(epilog=EXIT_CODES)
@click.argument("call_id", metavar="ID")
@asking
@click.option("--people", is_flag=True, help="Show ids and numbers of people; it takes an admin token.")
@_json
def show(
    *,
    call_id: str,
    config: Path | None,
    assignments: Sequence[str],
    url: str | None,
    people: bool,
    as_json: bool,
) -> None:
    """Show what a running bot knows of the call ID, and what happened in it.

    The beginning of an id is enough where no other call's begins so. The timeline is kept in memory by the
    service that looks after the call, since that service was started.
    """
    with explained():
        place = place_of(config, assignments, url)
        call = asyncio.run(_get(place, call_id, people=people))
    if as_json:
        click.echo(json.dumps(call, indent=2))
        return
    for line in detail(call, SystemClock().time()):
        click.echo(line)


@click.command(epilog=EXIT_CODES)
@click.argument("call_id", metavar="ID")
@asking
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def hangup(
    *, call_id: str, config: Path | None, assignments: Sequence[str], url: str | None, yes: bool
) -> None:
    """Hang up the call ID of a running bot: its people are cut off, or left alone in a group call.

    The beginning of an id is enough where no other call's begins so.
    """
    with explained():
        place = place_of(config, assignments, url)
        call = asyncio.run(_get(place, call_id))
        if call["state"] == "terminated":
            click.echo(f"The call {call['id']} is over already.")
            return
        if not yes:
            _confirm(call)
        taken = asyncio.run(_post(place, f"/calls/{quote(call['id'], safe='')}/hangup"))
    over = "is over already" if taken is None else "is being hung up"
    click.echo(f"The call {call['id']} {over}.")


@click.command(epilog=EXIT_CODES)
@asking
@click.option("--user", metavar="ID", help="Call a user, by object id.")
@click.option(
    "--phone", metavar="NUMBER", help="Call a telephone, as in +4930...; it needs --resource-account."
)
@click.option("--resource-account", metavar="ID", help="The resource account that calls the telephone.")
@click.option("--join-link", metavar="URL", help="Join the meeting of this link.")
@click.option("--meeting-id", metavar="ID", help="Join the meeting with this id, as in its invitation.")
@click.option("--passcode", help="The passcode of that meeting.")
@click.option("--as-guest", metavar="NAME", help="Join as a guest who is called so.")
@click.option("--tenant", metavar="ID", help="The tenant of the call; the bot's own when not given.")
@click.option("--subject", help="The subject of the call.")
@click.option("--app-id", metavar="ID", help="Which bot, where a service has several.")
@_json
def place(
    *, config: Path | None, assignments: Sequence[str], url: str | None, as_json: bool, **given: str | None
) -> None:
    """Let a running bot place a call, or join a meeting.

    Its handlers do what they do in any call of its own.
    """
    body = {key: value for key, value in given.items() if value is not None}
    with explained():
        try:
            call = asyncio.run(_post(place_of(config, assignments, url), "/calls", body)) or {}
        except Failure as failure:
            raise Failure(_with_options(failure.message), failure.exit_code) from None
    if as_json:
        click.echo(json.dumps(call, indent=2))
    else:
        click.echo(f"{call['id']}  {call['state']}, {who(call)}")


async def _get(place: Place, call_id: str, *, people: bool = False) -> Json:
    from callbot.cli.calls.client import AdminClient

    query = {"people": "true"} if people else {}
    async with AdminClient(place) as admin:
        return await admin.get(f"/calls/{quote(call_id, safe='')}", **query)


async def _post(place: Place, path: str, body: dict[str, str] | None = None) -> Json | None:
    from callbot.cli.calls.client import AdminClient

    async with AdminClient(place) as admin:
        return await admin.post(path, body)


def _with_options(message: str) -> str:
    """Name the options of `place` where a message of the admin API names the keys of its body."""
    options = {
        parameter.name: f"--{parameter.name.replace('_', '-')}"
        for parameter in place.params
        if parameter.name
    }
    return re.sub(r"`(\w+)`", lambda key: options.get(key[1], key[0]), message)


def _confirm(call: Json) -> None:
    if not sys.stdin.isatty():
        raise Failure("give --yes: there is nobody to ask whether it is meant", USAGE)
    if not click.confirm(f"Hang up {call['id']} ({call['state']}, {who(call)})?"):
        raise Failure("nothing was hung up")
