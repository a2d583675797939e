"""Logging of the command line: the only place where callbot configures any.

Log lines go to stderr: for people on a terminal, as JSON lines elsewhere. Every line that is written while a
call is dealt with says which, whoever writes it and however. Tracebacks are shown without the values of
variables, which may be tokens, bodies of messages or people's names; those in free text are replaced.
"""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import structlog

from callbot.log import ArgumentsFilter, ContextFilter, add_context, without_people

_Command = TypeVar("_Command", bound=Callable[..., Any])

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("auto", "console", "json")


def log_options(level: str = "info") -> Callable[[_Command], _Command]:
    """Add `--log-level` and `--log-format` to a command; `level` is the default."""

    def add(command: _Command) -> _Command:
        command = click.option(
            "--log-format",
            type=click.Choice(FORMATS),
            default="auto",
            show_default=True,
            help="How log lines look; auto is console on a terminal, JSON elsewhere.",
        )(command)
        return click.option(
            "--log-level",
            type=click.Choice(LEVELS),
            default=level,
            show_default=True,
            help="The least important log lines to show.",
        )(command)

    return add


def configure_logs(level: str, form: str) -> None:
    """Send log lines to stderr: callbot's from `level` on, those of other libraries from warnings on.

    Those of a bot that logs with structlog, and has not configured it otherwise, go the same way.
    """
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(ContextFilter())
    handler.addFilter(ArgumentsFilter())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                without_people,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(console=console),
            ],
        )
    )
    own, others = logging.getLevelNamesMapping()[level.upper()], logging.WARNING
    logging.basicConfig(handlers=[handler], level=max(own, others), force=True)
    logging.getLogger("callbot").setLevel(own)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            add_context,
            without_people,  # while arguments are objects; the text they become is looked through above
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def show_lines_of(package: str, level: str) -> None:
    """Show the lines of a bot's own code from `level` on, as callbot's: it is no library."""
    logging.getLogger(package).setLevel(level.upper())


def _rendering(*, console: bool) -> list[structlog.typing.Processor]:
    if console:
        colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        plain = structlog.dev.plain_traceback  # the default would show variables
        return [_brief, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
    traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(traceback), structlog.processors.JSONRenderer()]


def _brief(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out which bot it is: on a terminal there is one."""
    event.pop("app_id", None)
    return event
