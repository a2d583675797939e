"""Takes people and tokens out of whole lines: of their fields, messages, arguments and exceptions."""

import logging
from collections.abc import Mapping

from structlog.typing import EventDict, WrappedLogger

from callbot.log import errors, values
from callbot.log.context import ID_FIELDS
from callbot.log.people import Scrub, scrubbing

_IDS = frozenset((*ID_FIELDS, "client_request_id", "hook", "level", "logger"))
"""Fields that hold ids which are no person's, or words of callbot's own, in everybody's lines."""

_OURS = _IDS | {"handler", "verb", "where", "waits_for", "path", "event"}
"""And those of callbot's own lines: words of its own, or of the developer's. Its messages are fixed text."""

_OF_LOGGING = frozenset({"_record", "_from_structlog"})
_ARGUMENTS = "positional_args"

_Arguments = tuple[object, ...] | Mapping[str, object]


def without_people(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take people and tokens out of a line, as a processor of structlog.

    The message of one of callbot's own lines is fixed text; that of any other is free text like an error's.
    """
    scrub = scrubbing()
    fixed = _OURS if str(event.get("logger", "callbot")).startswith("callbot") else _IDS
    for name, value in event.items():
        if name in _OF_LOGGING or (name in fixed and isinstance(value, str)):
            continue
        if name == "exc_info":
            event[name] = errors.without_people(value, scrub)
        elif name == _ARGUMENTS:
            event[name] = _arguments(str(event.get("event")), value, scrub)
        else:
            event[name] = values.without_people(value, scrub)
    return event


class ArgumentsFilter(logging.Filter):
    """Takes people and tokens out of the objects that a record of `logging` names in its message.

    Once they are part of the text, nothing tells a name in them any more. The text itself, and the fields of
    the record, are for `without_people`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Look through the arguments, and let the record pass."""
        if not isinstance(record.msg, str):
            record.msg = str(values.without_people(record.msg, scrubbing()))
        if record.args:
            record.args = _arguments(record.msg, record.args, scrubbing())
        return True


def _arguments(message: str, arguments: _Arguments, scrub: Scrub) -> _Arguments:
    """Return the arguments of a message as they may be written; as they are where only those fit in."""
    named = arguments
    if isinstance(arguments, tuple) and len(arguments) == 1 and isinstance(arguments[0], Mapping):
        named = arguments[0]  # as structlog has them
    shown: _Arguments
    if isinstance(named, Mapping) and "%(" in message:
        shown = {name: values.without_people(one, scrub) for name, one in named.items()}
    else:
        every = arguments if isinstance(arguments, tuple) else (arguments,)
        shown = tuple(values.without_people(one, scrub) for one in every)
    try:
        message % shown
    except (TypeError, ValueError, KeyError):
        return arguments
    return (shown,) if isinstance(arguments, tuple) and isinstance(shown, dict) else shown
