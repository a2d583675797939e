"""What happened in a call, told so that a person who reads a failed test knows why it failed."""

from callbot.testing.story.failures import ExpectationFailed, HandlerRaised
from callbot.testing.story.lines import Line, Naming, line_of, line_of_handled, lines_of_prompt
from callbot.testing.story.timeline import table

__all__ = [
    "ExpectationFailed",
    "HandlerRaised",
    "Line",
    "Naming",
    "line_of",
    "line_of_handled",
    "lines_of_prompt",
    "table",
]
