"""Where callbot's log lines go: through structlog into the standard library's logging.

A library must not print to its host's output, so nothing here configures logging; only the command line
does. Messages are static text; what varies is in named fields, which arrive as `extra` of the log record,
with those of the context: which call, whose tenant, what for. Never a token, a body or a person's name.
"""

import logging

import structlog

from callbot.log.context import (
    CONTEXT,
    NOTHING,
    Cause,
    Context,
    ContextFilter,
    Span,
    about,
    add_context,
    cause,
    note,
)
from callbot.log.lines import ArgumentsFilter, without_people
from callbot.log.people import free_text, hashed, person, show_people

__all__ = [
    "CONTEXT",
    "NOTHING",
    "ArgumentsFilter",
    "Cause",
    "Context",
    "ContextFilter",
    "Span",
    "about",
    "add_context",
    "cause",
    "free_text",
    "get_logger",
    "hashed",
    "note",
    "person",
    "show_people",
    "without_people",
]

_PROCESSORS: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    add_context,
    without_people,
    structlog.stdlib.render_to_log_kwargs,
)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; `name` is its `__name__`."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_PROCESSORS, wrapper_class=structlog.stdlib.BoundLogger
    )
    return logger
