"""What every test of logs and spans leaves as it was."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from callbot.log import show_people


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("", "callbot", "tests")]
    handlers, levels = loggers[0].handlers[:], [one.level for one in loggers]
    yield
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    show_people(plain=False)
