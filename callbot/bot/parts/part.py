"""What all parts of a call share."""

from callbot.bot.line import Line


class Part:
    """A part of a call with verbs of its own.

    It holds its call: a call nobody holds is not told of changes, and whoever waits here has to be.
    """

    def __init__(self, call: object, line: Line) -> None:
        self._call = call
        self._line = line
        self._graph = line.desk.graph
