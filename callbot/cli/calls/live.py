"""What is shown while calls are followed: on a terminal a table that is drawn anew, else lines."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

import click

from callbot.cli.calls.listing import summary
from callbot.cli.calls.place import Json
from callbot.cli.calls.views import complaints, entry_line, table
from callbot.clock import SystemClock

_CLOCK = SystemClock()
_STAYS = 10.0  # seconds for which a call that has ended is still shown
_SECOND = 1.0
_AROUND = 5  # lines around the table
_QUIET = frozenset({"notification", "read", "created", "keep-alive", "doubt"})  # changes nothing by itself
_KIND, _WHAT = 13, 44  # widths of columns

_OPEN = "\x1b[?1049h\x1b[?25l"  # the other screen, no cursor
_CLOSE = "\x1b[?25h\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"


class View(Protocol):
    """Shows calls and what happens in them. `began` is whether the service was ever reached."""

    began: bool

    def begin(self, calls: Sequence[Json], answer: Json) -> None:
        """Show the calls that there are, for the first time or again."""

    def happened(self, call: Json, entry: Json, *, shown: bool) -> None:
        """Take note that something happened in a call, `shown` if it is one of those asked for."""

    def lost(self) -> None:
        """Say that the service is not there any more."""

    def tick(self) -> None:
        """Do what is due as time passes."""

    def end(self) -> None:
        """Leave everything as it was before."""


class Lines:
    """For files and pipes: a table, then a line for everything that happens."""

    def __init__(self, query: Mapping[str, str], *, as_json: bool) -> None:
        self._query = query
        self._as_json = as_json
        self._is_lost = False
        self.began = False

    def begin(self, calls: Sequence[Json], answer: Json) -> None:
        """Print the calls that there are; later only that the service is there again."""
        if self._is_lost:
            click.echo("the service answers again", err=True)
        elif self._as_json:
            for call in calls:
                click.echo(json.dumps({"call": call, "entry": None}))
        else:
            for line in (*table(calls, _CLOCK.time()), summary(len(calls), answer["matching"], self._query)):
                click.echo(line)
        self.began, self._is_lost = True, False

    def happened(self, call: Json, entry: Json, *, shown: bool) -> None:
        """Print what happened. People are spared what has changed nothing, programs are not."""
        if not shown:
            return
        if self._as_json:
            click.echo(json.dumps({"call": call, "entry": entry}))
        elif entry["kind"] not in _QUIET:
            click.echo(f"{call['id'][:8]}  {entry_line(entry, _KIND, _WHAT)}")

    def lost(self) -> None:
        """Say so, once."""
        if not self._is_lost:
            click.echo("the service is gone, waiting for it", err=True)
        self._is_lost = True

    def tick(self) -> None:
        """Nothing: what was printed stays."""

    def end(self) -> None:
        """Nothing, as above."""


class Screen:
    """For a terminal: the table of calls as it is now. Those that end are shown for a moment more."""

    def __init__(self, query: Mapping[str, str], limit: int, url: str) -> None:
        self._query = query
        self._limit = limit
        self._url = url
        self._colours = click.get_current_context().color is not False
        self._calls: dict[str, Json] = {}
        self._gone_at: dict[str, float] = {}
        self._bots: Sequence[Json] = ()
        self._is_lost = False
        self._drawn_at = 0.0
        self._changed = False
        self.began = False

    def begin(self, calls: Sequence[Json], answer: Json) -> None:
        """Show the calls that there are."""
        if not self.began:
            sys.stdout.write(_OPEN)
        self._calls = {call["id"]: {**call, "latest": ""} for call in calls}
        self._gone_at.clear()
        self._bots = answer["bots"]
        self.began, self._is_lost, self._changed = True, False, True

    def happened(self, call: Json, entry: Json, *, shown: bool) -> None:
        """Show the call as it is now, and what happened last."""
        known = self._calls.get(call["id"], {})
        latest = _words(entry) if entry["kind"] not in _QUIET else known.get("latest", "")
        if shown:
            self._calls[call["id"]] = {**call, "latest": latest}
            if call["state"] == "terminated":
                self._gone_at.setdefault(call["id"], _CLOCK.monotonic() + _STAYS)
        else:
            self._calls.pop(call["id"], None)
        self._changed = True

    def lost(self) -> None:
        """Say so, and go on showing what was known."""
        self._is_lost = self._changed = True

    def tick(self) -> None:
        """Draw, when there is something new; ages are new every second."""
        now = _CLOCK.monotonic()
        if self.began and (self._changed or now - self._drawn_at >= _SECOND):
            self._drawn_at, self._changed = now, False
            for call_id in [one for one, at in self._gone_at.items() if at <= now]:
                del self._gone_at[call_id]
                self._calls.pop(call_id, None)
            self._draw()

    def end(self) -> None:
        """Go back to where the command was typed, and leave the last table there."""
        if self.began:
            sys.stdout.write(_CLOSE)
            sys.stdout.flush()
            for line in self._lines(width=shutil.get_terminal_size().columns):
                click.echo(line)

    def _draw(self) -> None:
        width, height = shutil.get_terminal_size()
        lines = [*self._lines(height - _AROUND, width), "", click.style("Ctrl-C ends it.", dim=True)]
        text = "".join(f"{self._fitted(line, width)}{_REST_OF_LINE}\r\n" for line in lines[: height - 1])
        sys.stdout.write(f"{_HOME}{text}{_REST}")
        sys.stdout.flush()

    def _lines(self, most: int | None = None, width: int | None = None) -> list[str]:
        newest = sorted(
            self._calls.values(), key=lambda call: (call["first_seen_at"], call["id"]), reverse=True
        )
        shown = newest[: min(self._limit, self._limit if most is None else max(most, 1))]
        says = [click.style(self._url, bold=True)]
        if self._is_lost:
            says.append(click.style("The service is gone, waiting for it.", fg="yellow"))
        says += [click.style(line, fg="yellow") for line in complaints(self._bots)]
        return [*says, "", *table(shown, _CLOCK.time(), width), summary(len(shown), len(newest), self._query)]

    def _fitted(self, line: str, width: int) -> str:
        plain = click.unstyle(line)
        if len(plain) > width:
            return plain[: width - 1] + "…"
        return line if self._colours else plain


def _words(entry: Json) -> str:
    """Return an entry as the latest thing: without its kind where the words tell it."""
    what = str(entry["what"])
    if entry["kind"] in {"transition", "handler", "tone"}:
        return f"{what}, {entry['result']}" if str(entry["result"]).startswith("raised") else what
    return f"{entry['kind']}: {what}"
