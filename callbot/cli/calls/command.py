"""The command `calls`."""

from collections.abc import Sequence
from pathlib import Path

import click

from callbot.cli.calls.place import asking, place_of
from callbot.cli.failures import explained


@click.command()
@asking
@click.option("--state", help="Only calls in this state: established, say.")
@click.option("--tenant", metavar="ID", help="Only calls of this tenant.")
@click.option("--ended", is_flag=True, help="Those that have ended and are still remembered.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, at most.")
@click.option("--people", is_flag=True, help="Show ids and numbers of people; it takes an admin token.")
@click.option("--follow", is_flag=True, help="Go on showing what happens, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def calls(
    *,
    config: Path | None,
    assignments: Sequence[str],
    url: str | None,
    state: str | None,
    tenant: str | None,
    ended: bool,
    limit: int,
    people: bool,
    follow: bool,
    as_json: bool,
) -> None:
    """List the calls of a running bot, the newest first.

    It asks the admin API of the service, which it finds by the service's own settings (admin_port,
    admin_token). People are shown as a short hash, the same for the same person while the service runs.
    """
    import asyncio

    from callbot.cli.calls.follow import follow_calls
    from callbot.cli.calls.listing import list_calls

    query = {"state": state, "tenant": tenant, "ended": ended and "true", "people": people and "true"}
    if follow and ended:
        raise click.UsageError("--follow shows the calls that live: leave out --ended")
    given = {key: value for key, value in query.items() if value}
    with explained():
        place = place_of(config, assignments, url)
        if not follow:
            asyncio.run(list_calls(place, given, limit, as_json=as_json))
            return
        try:
            asyncio.run(follow_calls(place, given, limit, as_json=as_json))
        except KeyboardInterrupt:
            return
