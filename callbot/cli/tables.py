"""The commands `api` and `settings`: tables of what there is, made from the code and shown by the docs."""

from typing import get_args

import click
from pydantic.fields import FieldInfo

from callbot.settings import Settings


@click.command()
def api() -> None:
    """Print the table of all verbs.

    One row for every operation of the Graph calls API: its verb, permission, limits, clouds and what follows.
    It is the table of docs/api.md.
    """
    from callbot.graph.table import markdown

    click.echo(markdown(), nl=False)


@click.command()
def settings() -> None:
    """Print the table of all settings.

    One row for every key of a settings file. It is the table of docs/settings.md.
    """
    click.echo(settings_table())


def settings_table() -> str:
    """Return the settings as a Markdown table."""
    rows = [f"| `{key}` | {_default(field)} | {_meaning(field)} |" for key, field in _fields().items()]
    return "\n".join(("| Key | Default | Meaning |", "|---|---|---|", *rows))


def _fields() -> dict[str, FieldInfo]:
    return Settings.model_fields


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or field.default == ():
        return ""
    return f"`{field.default:g}`" if isinstance(field.default, float) else f"`{field.default}`"


def _meaning(field: FieldInfo) -> str:
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    listed = f" ({', '.join(f'`{choice}`' for choice in choices)})" if choices else ""
    return f"{field.description}{listed}"
