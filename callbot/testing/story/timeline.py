"""The timeline as a table."""

from collections.abc import Iterable

from callbot.testing.story.lines import Line

_HEAD = ("time", "who", "what")


def table(lines: Iterable[Line], title: str) -> str:
    """Return the lines in the order of time, as a table that begins at 0 seconds."""
    ordered = sorted(lines, key=lambda line: (line.at, line.order))
    if not ordered:
        return f"{title}: nothing happened"
    began = ordered[0].at
    width = max(len(_HEAD[1]), *(len(line.who) for line in ordered))
    rows = [f"  {line.at - began:9.3f} s  {line.who:{width}}  {line.what}" for line in ordered]
    return "\n".join((f"{title}:", f"  {_HEAD[0]:>11}  {_HEAD[1]:{width}}  {_HEAD[2]}", *rows))
