"""What a handler raised, as its writer wants to read it: one line, and the frames of their own code."""

import logging
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple

import structlog

from callbot.bot.dispatching.standing import is_own
from callbot.log import free_text

_LONGEST = 200  # characters of a message that are shown


class Raised(NamedTuple):
    """`error` is "type: message", `where` "file:line" in the handler's own code, None where there is none.

    `trace` is the traceback without the frames of callbot, Python and what is installed.
    """

    error: str
    where: str | None
    trace: TracebackType | None


def log_failure(log: structlog.stdlib.BoundLogger, what: str, handler: str, error: Exception) -> None:
    """Say what was raised and where in the bot's own code; the whole traceback is for those who debug."""
    told = raised(error)
    trace = error.__traceback__ if log.is_enabled_for(logging.DEBUG) else told.trace
    exc_info = (type(error), error, trace)
    log.error(what, handler=handler, error=told.error, where=told.where, exc_info=exc_info)


def raised(error: BaseException) -> Raised:
    """Return what is worth telling of an error; the error itself is left as it is."""
    own = [frame for frame in _frames(error.__traceback__) if is_own(frame.tb_frame.f_code.co_filename)]
    where = f"{own[-1].tb_frame.f_code.co_filename}:{own[-1].tb_lineno}" if own else None
    trace: TracebackType | None = None
    for frame in reversed(own):
        trace = TracebackType(trace, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    words = free_text(f"{type(error).__name__}: {error}".split("\n", 1)[0])[:_LONGEST]  # then no name is cut
    return Raised(words, where, trace if own else error.__traceback__)


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next
