"""The command `codes`: the platform's numbers in plain words, as docs/troubleshooting.md shows them."""

import shutil
import sys
import textwrap

import click

from callbot.codes import explain
from callbot.codes.api import ACCESS, OPERATIONS, REQUESTS
from callbot.codes.calls import CALL_ENDS, CALLEE, NO_CONNECTION

_FIRST_SUBCODE = 1000  # below are HTTP's and SIP's numbers

_NUMBER = 9  # characters of the longest code, and some
_INDENT = " " * (_NUMBER + 2)

_TITLES = {
    "The app may not": ACCESS,
    "Requests": REQUESTS,
    "Prompts, recordings and other operations": OPERATIONS,
    "Why calls end": CALL_ENDS,
    "Why calls do not come about": NO_CONNECTION,
    "What the called person did": CALLEE,
}


@click.command()
@click.argument("code", type=int, required=False)
@click.argument("subcode", type=int, required=False)
def codes(*, code: int | None, subcode: int | None) -> None:
    """Explain a code of the platform, or print the table of all.

    CODE is the number in an error or a call's result; a result has two: CODE and SUBCODE, as in 200 5002. The
    table is the one of docs/troubleshooting.md: laid out on a terminal, in Markdown elsewhere.
    """
    if code is None:
        people = sys.stdout.isatty()
        click.echo(codes_list(shutil.get_terminal_size().columns) if people else codes_tables())
        return
    alone = subcode is None and code >= _FIRST_SUBCODE
    click.echo(explain(None, code) if alone else explain(code, subcode))


def codes_list(width: int) -> str:
    """Return the same for people, in lines of at most `width` characters."""
    return "\n\n".join(
        "\n".join(
            (
                click.style(title, bold=True),
                *(_entry(number, *table[number], width) for number in sorted(table)),
            )
        )
        for title, table in _TITLES.items()
    )


def _entry(number: int, meaning: str, fix: str, width: int) -> str:
    lines = textwrap.wrap(meaning, width, initial_indent=f"{number:>{_NUMBER}}  ", subsequent_indent=_INDENT)
    if fix:
        lines += textwrap.wrap(f"-> {fix}", width, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}   ")
    return "\n".join(lines)


def codes_tables() -> str:
    """Return what every number means and what to do, as Markdown tables by subject."""
    return "\n\n".join(_table(title, table) for title, table in _TITLES.items())


def _table(title: str, table: dict[int, tuple[str, str]]) -> str:
    rows = [f"| {number} | {meaning} | {fix} |" for number, (meaning, fix) in sorted(table.items())]
    return "\n".join((f"### {title}", "", "| Code | What it means | What to do |", "|---|---|---|", *rows))
