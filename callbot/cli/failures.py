"""What the command line says when something does not work, and the code it ends with.

A command ends with 0 when it worked, with 2 when the command line, the settings or the bot cannot work, and
with 1 when it did not work for a reason that has no code of its own. Those of Graph's answers have one: see
`EXIT_CODES`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from callbot.codes.sign_in import PREFIX
from callbot.errors import (
    AuthenticationFailed,
    CallbotError,
    ConfigurationError,
    GraphError,
    GraphTimeout,
    HookError,
    NotFound,
    PermissionDenied,
    StoreError,
    Throttled,
    Unavailable,
)

USAGE = 2
_CODES: dict[type[CallbotError], int] = {
    ConfigurationError: USAGE,
    HookError: USAGE,
    StoreError: USAGE,  # what it cannot open, the setting names
    AuthenticationFailed: 3,
    PermissionDenied: 4,
    NotFound: 5,
    Throttled: 6,
    Unavailable: 7,
    GraphTimeout: 8,
}

CODES_BY_NAME = {kind.__name__: code for kind, code in _CODES.items()}
"""The same by the name of the error, as the admin API gives it."""

EXIT_CODES = """\b
Exit codes:
  0 it worked        3 not signed in (401)     6 throttled (429)
  1 it did not       4 not permitted (403)     7 no connection, or Graph is down
  2 usage, settings  5 no such call (404)      8 no answer in time"""
"""The table above, for `--help`."""

NO_ANSWER = (
    "Look at the network and at the settings cloud, authority and graph_root. "
    "The emulator answers while `python -m callbot emulator` runs."
)


class Failure(click.ClickException):
    """Ends the command with a message and an exit code, without a traceback."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance, whatever it declares


@contextmanager
def explained() -> Iterator[None]:
    """Turn callbot's errors into a message and an exit code."""
    try:
        yield
    except CallbotError as error:
        code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), 1)
        raise Failure(words_of(error), code) from None


def words_of(error: CallbotError) -> str:
    """Return what happened and what to do about it."""
    if not isinstance(error, GraphError):
        return str(error)
    waiting = f"\nGraph asks to wait {error.retry_after:g} s." if error.retry_after else ""
    return f"{error}\n{advice_on(error)}{waiting}"


def advice_on(error: GraphError) -> str:
    """Return what to do about an error of Graph, or of the sign-in, which names the fix itself."""
    if error.code is not None and error.code.startswith(PREFIX):
        return "`python -m callbot doctor` examines the sign-in."
    if error.status is None:
        return NO_ANSWER
    return str(error.explain())
