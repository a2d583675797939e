"""What a log line is about: the call, its tenant, what is done for it, and the callback that set it off.

One context variable holds it, so that whoever writes a line need not know. It is set anew for each thing that
is done, some 100,000 times a second, and read only when a line is really written: hence plain tuples, which
cost a tenth of a microsecond, and no merging.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from structlog.typing import EventDict, WrappedLogger


class Span(Protocol):
    """What tracing measures meanwhile; its ids lead from a log line to the trace."""

    @property
    def trace_id(self) -> str:
        """The trace, as 32 hexadecimal digits."""
        ...

    @property
    def span_id(self) -> str:
        """The span, as 16 hexadecimal digits."""
        ...

    def note(self, name: str, value: str | int) -> None:
        """Keep a fact with the span; `name` is that of an attribute."""


Cause = tuple[str | None, str | None, str | None, Span | None]
"""Why something is done: request id, scenario id and chain of calls of a callback, and the span of it."""

Context = tuple[str | None, str | None, str | None, str | None, str | None, object, Cause | None]
"""Call id, tenant, app id, scenario id of the call, hook, where the people of the call are named, and why.

The last but one is looked through for names and numbers when a line with free text is written.
"""

NOTHING: Context = (None, None, None, None, None, None, None)
"""What is done for no call in particular."""

CONTEXT: ContextVar[Context] = ContextVar("callbot.log.context", default=NOTHING)
"""What is being done now. Whoever sets it in a task that goes on to something else sets it back."""

ID_FIELDS = ("call_id", "tenant", "scenario_id", "request_id", "chain_id", "app_id", "trace_id", "span_id")
"""The fields that a context adds to a line, beside `hook`."""


def cause() -> Cause | None:
    """Return why things are done now, to be kept with what is put into a queue."""
    return CONTEXT.get()[6]


def note(name: str, value: str | int) -> None:
    """Tell the span of what is being done now, where there is tracing."""
    why = CONTEXT.get()[6]
    if why is not None and why[3] is not None:
        why[3].note(name, value)


@contextmanager
def about(context: Context) -> Iterator[None]:
    """Let the block's log lines be about something else."""
    token = CONTEXT.set(context)
    try:
        yield
    finally:
        CONTEXT.reset(token)


def fields() -> dict[str, str]:
    """Return what a log line has to say of the context, by the names of the fields."""
    call_id, tenant, app_id, scenario_id, hook, _, why = CONTEXT.get()
    request_id, told, chain_id, span = why or (None, None, None, None)
    found = {
        "call_id": call_id,
        "tenant": tenant,
        "scenario_id": scenario_id or told,
        "request_id": request_id,
        "chain_id": chain_id,
        "app_id": app_id,
        "hook": hook,
        "trace_id": None if span is None else span.trace_id,
        "span_id": None if span is None else span.span_id,
    }
    return {name: value for name, value in found.items() if value is not None}


def add_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the context to a line, as a processor of structlog; what the line says itself counts more."""
    for name, value in fields().items():
        if event.get(name) is None:
            event[name] = value
    return event


class ContextFilter(logging.Filter):
    """Adds the context to every log record that a handler gets: `handler.addFilter(ContextFilter())`.

    Then the lines of a bot's own code, written while a call is dealt with, say which call as callbot's do. On
    a handler, not on a logger: those of a logger do not see what comes from the loggers below it. The fields
    that are known become attributes of the record (`record.call_id`); nothing is ever filtered out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add what is known, and let the record pass."""
        for name, value in fields().items():
            if getattr(record, name, None) is None:
                setattr(record, name, value)
        return True
