"""Spans of what callbot does, for OpenTelemetry: a callback, its handlers, their requests to Graph.

Off unless the setting `tracing` is on: then nothing here costs more than a look at `None`, and OpenTelemetry
is not even imported. It comes with the extra `otel`. Where the spans go is the program's to say: callbot uses
the tracer provider there is. docs/telemetry.md lists the spans.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from callbot import log
from callbot.errors import ConfigurationError, GraphError
from callbot.extras import how_to_install
from callbot.settings import Settings
from callbot.state import Change

__all__ = ["CallbackSpan", "HandlerSpan", "RequestSpan", "Tracing", "tracing_of"]


class CallbackSpan(log.Span, Protocol):
    """What is told of a callback."""

    def answered(self, status: int) -> None:
        """Say with which HTTP status."""


class HandlerSpan(log.Span, Protocol):
    """What is told of a handler."""

    def failed(self, error: Exception) -> None:
        """Say that it raised: what kind of error, not its words, which may hold a name."""


class RequestSpan(log.Span, Protocol):
    """What is told of a request to Graph. All its attempts are one span."""

    def answered(
        self, status: int | None, attempts: int, request_id: str | None, client_request_id: str
    ) -> None:
        """Say that Graph has done what was asked, or has it done already."""

    def failed(self, error: GraphError, attempts: int) -> None:
        """Say what the request came to in the end."""


class Tracing(Protocol):
    """Begins spans. Each is the current one of OpenTelemetry within its block."""

    def callback(self, path: str, headers: Mapping[str, str]) -> AbstractContextManager[CallbackSpan]:
        """Begin the span of a callback whose sender is known.

        It is linked to the trace its headers name, if any, but no part of it: what the platform says decides
        nothing about the bot's traces.
        """
        ...

    def handler(
        self, hook: str, change: Change, cause: log.Cause | None
    ) -> AbstractContextManager[HandlerSpan]:
        """Begin the span of a handler: below the callback that set it off, else a trace of its own."""
        ...

    def request(
        self, verb: str, method: str, path: str, host: str, call_id: str | None
    ) -> AbstractContextManager[RequestSpan]:
        """Begin the span of a request to Graph; `path` is a template without ids."""
        ...

    def sign_in(self, tenant: str) -> AbstractContextManager[object]:
        """Begin the span of waiting for a token."""
        ...


def tracing_of(settings: Settings) -> Tracing | None:
    """Return what begins the spans of a bot, None for one that wants none.

    Raises `ConfigurationError` when OpenTelemetry is wanted and not installed.
    """
    if not settings.tracing:
        return None
    try:
        from callbot.tracing.spans import OpenTelemetry  # noqa: PLC0415 - only where it is wanted
    except ModuleNotFoundError:
        raise ConfigurationError(
            f"tracing = true needs OpenTelemetry, which is not installed: {how_to_install('otel')}"
        ) from None
    return OpenTelemetry()
