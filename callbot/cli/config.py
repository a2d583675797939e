"""The command `config`: the settings as they take effect, each with where it comes from."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from pydantic import SecretStr

from callbot.cli.failures import explained
from callbot.cli.loading import arguments_in, config_option, set_option
from callbot.settings import Origin, Settings

_HIDDEN = "(hidden)"

Row = dict[str, object]


@click.command()
@config_option
@set_option
@click.option("--changed", is_flag=True, help="Leave out what has its default value.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per setting.")
def config(*, config: Path | None, assignments: Sequence[str], changed: bool, as_json: bool) -> None:
    """Print the effective settings and where each comes from.

    An argument wins over the environment, that over the settings file, and that over the default. Secrets
    are not shown, only whether they are set.
    """
    with explained():
        arguments = arguments_in(assignments)
        settings = Settings.load(config, **arguments)
        origins = Settings.origins(config, **arguments)
    effective = dict(settings) | {"store": settings.service_store}
    rows = [
        {"key": key, "value": shown(value), "source": str(origins[key])}
        for key, value in effective.items()
        if not (changed and origins[key] is Origin.DEFAULT)
    ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
    else:
        _print_table(rows)


def shown(value: object) -> object:
    """Return a value as it may be printed: no secret, and no password within an address."""
    match value:
        case SecretStr():
            return _HIDDEN
        case Path():
            return str(value.resolve())
        case tuple():
            return [shown(item) for item in value]
        case str():
            return _without_credentials(value)
        case _:
            return value


def _without_credentials(text: str) -> str:
    """Hide what stands before the @ of an address: a store's password, say."""
    scheme, mark, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    if not mark or "@" not in authority:
        return text
    return f"{scheme}://{_HIDDEN}@{authority.rpartition('@')[2]}{slash}{path}"


def _print_table(rows: Sequence[Row]) -> None:
    lines = [(str(row["key"]), _text(row["value"]), str(row["source"])) for row in rows]
    widths = [max((len(line[column]) for line in lines), default=0) for column in range(2)]
    for key, value, source in lines:
        click.echo(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {source}")


def _text(value: object) -> str:
    match value:
        case None:
            return "-"
        case list():
            return ", ".join(str(item) for item in value) or "-"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
