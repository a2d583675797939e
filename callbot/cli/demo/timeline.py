"""What the demo shows while it runs, and at its end: for people, or as JSON lines."""

import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import click

from callbot.cli.demo.verdict import Verdict, words
from callbot.state import Transition

_COLOURS = {"established": "green", "terminated": "red", "incoming": "yellow", "establishing": "yellow"}
WIDTH = 100
"""Columns that no line exceeds."""

_HEAD = f"{'time':>7}  {'call':8}  {'who':12}  {'source':12}  {'old -> new':28}  handler"


@dataclass(frozen=True, slots=True)
class Summed:
    """One call, for the table at the end."""

    call: str
    who: str
    states: tuple[str, ...]
    transitions: int
    handled: int
    ended: str


class Timeline(Protocol):
    """Shows a demo."""

    def begin(self, emulator: str, bot: str) -> None:
        """Say what listens where."""

    def narrate(self, seconds: float, call: str, who: str, what: str) -> None:
        """Say what a person does."""

    def transition(self, seconds: float, who: str, transition: Transition, handler: str) -> None:
        """Show a transition when its handler begins."""

    def end(self, verdict: Verdict, calls: Iterable[Summed], seconds: float) -> None:
        """Show what came of it."""


class TextTimeline:
    """For people: one line each, a table, a sentence."""

    def begin(self, emulator: str, bot: str) -> None:
        """Say what listens where."""
        click.secho("Three calls over TLS, with real tokens and signed callbacks.", bold=True)
        click.echo(f"  emulator  {emulator}\n  bot       {bot}\n")
        click.secho(_HEAD, dim=True)

    def narrate(self, seconds: float, call: str, who: str, what: str) -> None:
        """Say what a person does."""
        click.secho(f"{seconds:6.2f}s  {call[:8]}  {who:12}  {what}", dim=True)

    def transition(self, seconds: float, who: str, transition: Transition, handler: str) -> None:
        """Show a transition when its handler begins."""
        step = f"{words((transition.old, transition.new)):28}"
        click.echo(
            f"{seconds:6.2f}s  {transition.call_id[:8]}  {who:12}  {transition.source:12}  "
            f"{click.style(step, fg=_COLOURS.get(transition.new))}  {handler}"
        )

    def end(self, verdict: Verdict, calls: Iterable[Summed], seconds: float) -> None:
        """Show what came of it."""
        click.echo()
        click.secho(f"{'':7}  {'call':8}  {'who':12}  {'handled':12}  states, and why it ended", dim=True)
        for call in calls:
            handled = f"{call.handled} of {call.transitions}"
            click.echo(f"{'':7}  {call.call[:8]}  {call.who:12}  {handled:12}  {' -> '.join(call.states)}")
            ended = textwrap.fill(call.ended, WIDTH, initial_indent=" " * 47, subsequent_indent=" " * 47)
            click.secho(ended, dim=True)
        click.echo()
        for complaint in verdict.complaints:
            click.secho(f"WRONG  {complaint}", fg="red")
        if verdict.ok:
            click.secho(
                f"{verdict.calls} calls, {verdict.transitions} transitions: "
                "each reached its handler exactly once,\n"
                f"every end was seen, nothing is left running. {seconds:.1f} s.",
                fg="green",
            )


class JsonTimeline:
    """For programs: one JSON object per transition, then the summary."""

    def begin(self, emulator: str, bot: str) -> None:
        """Nothing: every line is a transition."""

    def narrate(self, seconds: float, call: str, who: str, what: str) -> None:
        """Nothing, as above."""

    def transition(self, seconds: float, who: str, transition: Transition, handler: str) -> None:
        """Write a transition when its handler begins."""
        _write(
            {
                "call": transition.call_id,
                "seq": transition.seq,
                "old": transition.old,
                "new": transition.new,
                "source": transition.source,
                "inferred": transition.inferred,
                "handler": handler,
                "who": who,
                "at": transition.when.isoformat(timespec="milliseconds"),
                "seconds": round(seconds, 3),
            }
        )

    def end(self, verdict: Verdict, calls: Iterable[Summed], seconds: float) -> None:
        """Write the summary."""
        ended = {call.call: call.ended for call in calls}
        _write({"summary": {**verdict.as_json(), "seconds": round(seconds, 3), "ended": ended}})


def _write(line: dict[str, object]) -> None:
    click.echo(json.dumps(line))
