"""The command `codes`: the platform's numbers in plain words, as docs/troubleshooting.md shows them."""

import click

from callbot.codes import explain
from callbot.codes.api import ACCESS, OPERATIONS, REQUESTS
from callbot.codes.calls import CALL_ENDS, CALLEE, NO_CONNECTION

_FIRST_SUBCODE = 1000  # below are HTTP's and SIP's numbers

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
    table is the one of docs/troubleshooting.md.
    """
    if code is None:
        click.echo(codes_tables())
        return
    alone = subcode is None and code >= _FIRST_SUBCODE
    click.echo(explain(None, code) if alone else explain(code, subcode))


def codes_tables() -> str:
    """Return what every number means and what to do, as Markdown tables by subject."""
    return "\n\n".join(_table(title, table) for title, table in _TITLES.items())


def _table(title: str, table: dict[int, tuple[str, str]]) -> str:
    rows = [f"| {number} | {meaning} | {fix} |" for number, (meaning, fix) in sorted(table.items())]
    return "\n".join((f"### {title}", "", "| Code | What it means | What to do |", "|---|---|---|", *rows))
