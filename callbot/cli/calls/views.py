"""Calls as people want to look at them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import click

from callbot.cli.calls.place import Json

_COLOURS = {"established": "green", "terminated": "red", "incoming": "yellow", "establishing": "yellow"}
_SHORTEST_ID = 8
_HEAD = ("call", "state", "for", "age", "who", "people", "handler")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONGEST = 28  # characters of a column
_NARROW = 100  # characters of a line; with fewer not everything fits
_SHORTEST_LATEST = 8  # characters
_METHOD = re.compile(r"\b[^\W\d]\w*\.(?=\w)")  # the class before the name of a handler


def table(calls: Sequence[Json], now: float, width: int | None = None) -> list[str]:
    """Return lines: a head, and one for each call. `now` is wall time in seconds.

    Columns that say nothing are left out. Lines are as long as they get, unless there is a `width`.
    """
    if not calls:
        return []
    short = shortest_ids([call["id"] for call in calls])
    several = len({call["app_id"] for call in calls}) > 1
    live = any("latest" in call for call in calls)
    rows = [(*_HEAD, *(("bot",) if several else ()), *(("latest",) if live else ()))]
    for call in calls:
        bot = (str(call["app_id"])[:8],) if several else ()
        latest = (str(call["latest"]),) if live else ()
        rows.append(tuple(map(_printable, (short[call["id"]], *_cells(call, now), *bot, *latest))))
    rows = _fitted(rows, width)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    head, *rest = (
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return [
        click.style(head.rstrip(), dim=True),
        *(_coloured(line.rstrip(), call, widths[0]) for line, call in zip(rest, calls, strict=True)),
    ]


def _fitted(rows: list[tuple[str, ...]], width: int | None) -> list[tuple[str, ...]]:
    """Leave out the columns that are empty; where it is narrow, what can be done without."""
    head, *calls = rows
    narrow = width is not None and width < _NARROW
    shown = [
        place
        for place, name in enumerate(head)
        if any(row[place] for row in calls) and not (narrow and name == "age")
    ]
    if narrow:  # the class of a handler is that of all the others
        handlers = [place for place, name in enumerate(head) if name in {"handler", "latest"}]
        calls = [
            tuple(_METHOD.sub("", cell) if place in handlers else cell for place, cell in enumerate(row))
            for row in calls
        ]
    fitted = [tuple(row[place] for place in shown) for row in (head, *calls)]
    if width is None or fitted[0][-1] != "latest":
        return fitted
    before = sum(max(len(row[place]) for row in fitted) + 2 for place in range(len(shown) - 1))
    return [(*row[:-1], _cut(row[-1], max(width - before, _SHORTEST_LATEST))) for row in fitted]


def shortest_ids(ids: Sequence[str]) -> Mapping[str, str]:
    """Return for each id as much of its beginning as tells it from the others; eight characters at least."""
    length = _SHORTEST_ID
    while len({one[:length] for one in ids}) < len(set(ids)):
        length += 1
    return {one: one[:length] for one in ids}


def detail(call: Json, now: float) -> list[str]:
    """Return the lines of one call: what is known of it, and its timeline."""
    facts = {
        "call": call["id"],
        "bot": call["app_id"],
        "tenant": call["tenant"],
        "state": f"{call['state'] or 'not known'}, for {_ago(call['state_at'], now)}",
        "who": who(call),
        "answered": "yes" if call["answered"] else "no",
        "people": call["participants"] or None,
        "audio": call["audio"],
        "result": _result(call["result"]),
        "first seen": f"{call['first_seen_at']}, {_ago(call['first_seen_at'], now)} ago",
        "last seen": f"{call['seen_at']}, {_ago(call['seen_at'], now)} ago",
        "handler": _handler(call, now),
        "waiting": ", ".join(call["unhandled"]),
        "in doubt": call["doubt"],
        "next": _due(call["next_due"], now),
    }
    lines = [
        f"{click.style(f'{name:10}', dim=True)}  {_printable(str(value))}"
        for name, value in facts.items()
        if value
    ]
    return [*lines, "", *timeline(call["timeline"])]


def timeline(entries: Sequence[Json]) -> list[str]:
    """Return the lines of a timeline."""
    if not entries:
        return ["Nothing of its timeline is known: it began before this process did, or was long ago."]
    kind, what = (max(len(str(one[key])) for one in entries) for key in ("kind", "what"))
    head = f"{'time (UTC)':12}  {'':{kind}}  {'what':{what}}  result"
    return [click.style(head, dim=True), *(entry_line(one, kind, what) for one in entries)]


def entry_line(one: Json, kind: int = 0, what: int = 0) -> str:
    """Return a line of a timeline, with columns of these widths."""
    result = str(one["result"])
    if "seconds" in one:
        result += f", {one['seconds']:g} s"
    if "times" in one:
        result += f" ({one['times']} times, the last at {str(one['last_at'])[11:23]})"
    line = _printable(
        f"{str(one['at'])[11:23]}  {one['kind']:{kind}}  {one['what']:{what}}  {result}".rstrip()
    )
    if one["kind"] == "transition":
        return click.style(line, fg=_COLOURS.get(str(one["what"]).rpartition(" ")[2], "cyan"))
    failed = "raised" in result or (one["kind"] == "verb" and not result.startswith("ok"))
    return click.style(line, fg="red") if failed else line


def who(call: Json) -> str:
    """Say who is at the other side."""
    if call["meeting"]:
        return "in a meeting"
    if call["direction"] == "incoming":
        return f"from {_one(call['source'])}"
    return f"to {', '.join(_one(target) for target in call['targets']) or '?'}"


def complaints(bots: Iterable[Json]) -> list[str]:
    """Say of which bots the calls are elsewhere, or which does not take calls."""
    said = []
    for bot in bots:
        if not bot["looks_after_calls"]:
            said.append(f"Another process looks after the calls of {bot['app_id']}: ask that one.")
        elif not bot["accepting"]:
            said.append(
                f"{bot['app_id']}: {bot['closed_because']}; calls with handlers that run: {bot['handlers']}."
            )
    return said


def _cells(call: Json, now: float) -> tuple[str, ...]:
    return (
        str(call["state"] or "?"),
        _ago(call["state_at"], now),
        _ago(call["first_seen_at"], now),
        _cut(who(call)),
        str(call["participants"] or ""),
        _cut(str(call["handler"] or "")),
    )


def _coloured(line: str, call: Json, width: int) -> str:
    colour = _COLOURS.get(str(call["state"]))
    return line[: width + 2] + click.style(line[width + 2 :], fg=colour) if colour else line


def _printable(text: str) -> str:
    """Take out what would steer the terminal: some of it was chosen by who calls."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _one(identity: Json | None) -> str:
    if identity is None:
        return "?"
    words = {"ResourceAccount": "resource account", "AcsUser": "ACS user"}
    kind = words.get(identity["kind"], str(identity["kind"]).lower())
    return f"{kind} {identity.get('id') or identity.get('hash') or ''}".rstrip()


def _handler(call: Json, now: float) -> str | None:
    if call["handler"] is None:
        return None
    return f"{call['handler']}, for {_ago(call['handler_since'], now)}"


def _due(due: Json | None, now: float) -> str | None:
    if due is None:
        return None
    wait = max(datetime.fromisoformat(due["at"]).timestamp() - now, 0.0)
    return f"{due['what']} in {_duration(wait)} ({due['why']})"


def _result(result: Json | None) -> str | None:
    if result is None:
        return None
    subcode = "" if result["subcode"] is None else f", subcode {result['subcode']}"
    return f"code {result['code']}{subcode}: {result['means']}"


def _ago(moment: str | None, now: float) -> str:
    return "?" if moment is None else _duration(now - datetime.fromisoformat(moment).timestamp())


def _duration(seconds: float) -> str:
    seconds = max(int(seconds), 0)
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY}d{seconds % _DAY // _HOUR:02}h"
