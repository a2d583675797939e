"""Where callbot's log lines go: through structlog into the standard library's logging.

A library must not print to its host's output, so nothing here configures logging; only the command line
does. Messages are static text; what varies is in named fields, which arrive as `extra` of the log record.
Never a token, a body or a person's name.
"""

import logging

import structlog

_PROCESSORS: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.render_to_log_kwargs,
)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; `name` is its `__name__`."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_PROCESSORS, wrapper_class=structlog.stdlib.BoundLogger
    )
    return logger
