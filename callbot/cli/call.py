"""The commands `call ...`: look at a call as Graph has it, or as the running bot does, and step in."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from pydantic import Field

from callbot.cli.calls import hangup, place, show
from callbot.cli.failures import EXIT_CODES, Failure, explained
from callbot.cli.loading import config_option, load_settings, set_option
from callbot.cli.logs import configure_logs, log_options
from callbot.errors import NotFound
from callbot.model import CallResource, IdentitySet
from callbot.settings import Settings

_NOT_FOUND = 5
_WHOLE_ID = 36  # characters; Graph's ids of calls are GUIDs, some with more behind


class ReadingSettings(Settings):
    """What it takes to read a call: nobody calls back, so it needs no callback_url."""

    callback_url: str = Field("https://localhost/", description="not needed to read")


@click.group()
def call() -> None:
    """Look at a call, as Graph or as the running bot has it; hang it up, place another."""


for _command in (show, hangup, place):
    call.add_command(_command)


@call.command(epilog=EXIT_CODES)
@click.argument("call_id", metavar="ID")
@config_option
@set_option
@click.option("--tenant", help="The tenant the call belongs to; the bot's own when not given.")
@log_options(level="error")
def get(
    *,
    call_id: str,
    config: Path | None,
    assignments: Sequence[str],
    tenant: str | None,
    log_level: str,
    log_format: str,
) -> None:
    """Read the call ID, the whole of it, from Graph and print it as JSON.

    Only the app that is in the call can read it, and only while it lasts: Graph keeps no history.
    """
    configure_logs(log_level, log_format)
    import asyncio
    import json

    with explained():
        settings = load_settings(config, assignments, ReadingSettings)
        document = asyncio.run(_read(settings, call_id, tenant or settings.tenant_id))
    if sys.stdout.isatty():
        click.secho(_head(document), bold=True)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


async def _read(settings: Settings, call_id: str, tenant: str | None) -> Mapping[str, object]:
    from callbot.graph import GraphClient

    try:
        async with GraphClient(settings) as graph:
            return (await graph.get_call(call_id, tenant=tenant)).to_wire()
    except NotFound as error:
        if len(call_id) < _WHOLE_ID:
            raise Failure(
                f"{error}\nGraph needs the whole id, and {call_id} is the beginning of one: "
                f"`callbot call show {call_id}` asks the running bot and finds it.",
                _NOT_FOUND,
            ) from None
        raise Failure(
            f"{error}\nThe call {call_id} is over, never was, or is another app's: Graph keeps no history.",
            _NOT_FOUND,
        ) from None


def _head(document: Mapping[str, object]) -> str:
    """One line for people: what the call is, and who is in it."""
    resource = CallResource.view(document)
    source = resource.source.identity if resource.source else None
    parties = [_name(source), ", ".join(_name(target.identity) for target in resource.targets)]
    if resource.meeting_info is not None and not parties[1]:
        parties[1] = "meeting"
    between = " -> ".join(party or "?" for party in parties)
    return f"{resource.state or 'unknown'}, {resource.direction or 'unknown direction'}: {between}"


def _name(identity: IdentitySet | None) -> str:
    who = identity.who if identity is not None else None
    return "" if who is None else getattr(who, "display_name", None) or who.id or ""
