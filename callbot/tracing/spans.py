"""The spans, as OpenTelemetry wants them. Imported only when the setting `tracing` is on.

Names and attributes follow the conventions for HTTP where there are some; the others begin with `callbot.`.
No span holds a name, a number, a body or the words of an error.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, format_span_id, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from callbot import log
from callbot._version import __version__
from callbot.errors import CallEnded, GraphError
from callbot.state import Change, Transition

_SERVER_ERROR = 500
_OF_OTHERS = TraceContextTextMapPropagator()


class _Measured:
    """One span, and its ids as log lines and other tools write them."""

    def __init__(self, span: Span) -> None:
        self.span = span

    @property
    def trace_id(self) -> str:
        return format_trace_id(self.span.get_span_context().trace_id)

    @property
    def span_id(self) -> str:
        return format_span_id(self.span.get_span_context().span_id)

    def note(self, name: str, value: str | int) -> None:
        self.span.set_attribute(name, value)

    def error(self, kind: str) -> None:
        self.span.set_attribute("error.type", kind)
        self.span.set_status(StatusCode.ERROR)


class _Callback(_Measured):
    def answered(self, status: int) -> None:
        self.note("http.response.status_code", status)
        if status >= _SERVER_ERROR:
            self.error(str(status))


class _Handler(_Measured):
    def failed(self, error: Exception) -> None:
        if not isinstance(error, CallEnded):
            self.error(type(error).__qualname__)


class _Request(_Measured):
    def answered(
        self, status: int | None, attempts: int, request_id: str | None, client_request_id: str
    ) -> None:
        self._came_to(status, attempts, request_id, client_request_id)

    def failed(self, error: GraphError, attempts: int) -> None:
        self._came_to(error.status, attempts, error.request_id, error.client_request_id)
        if error.code is not None:
            self.note("callbot.error.code", error.code)
        self.error(type(error).__name__)

    def _came_to(
        self, status: int | None, attempts: int, request_id: str | None, client_request_id: str | None
    ) -> None:
        facts = {
            "http.response.status_code": status,
            "http.request.resend_count": attempts - 1 or None,
            "callbot.request_id": request_id,
            "callbot.client_request_id": client_request_id,
        }
        for name, value in facts.items():
            if value is not None:
                self.note(name, value)


class OpenTelemetry:
    """Begins spans with the tracer provider of the program."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("callbot", __version__)

    @contextmanager
    def callback(self, path: str, headers: Mapping[str, str]) -> Iterator[_Callback]:
        """Begin the span of a callback; below a span of the host's own server, if it has one."""
        named = trace.get_current_span(_OF_OTHERS.extract(headers, Context())).get_span_context()
        about = {"http.request.method": "POST", "http.route": path, "url.path": path}
        links = [Link(named)] if named.is_valid else []
        with self._current(f"POST {path}", SpanKind.SERVER, about, links=links) as span:
            yield _Callback(span)

    @contextmanager
    def handler(self, hook: str, change: Change, cause: log.Cause | None) -> Iterator[_Handler]:
        """Begin the span of a handler, and note when what it is told of was seen."""
        span = cause[3] if cause is not None else None
        above = trace.set_span_in_context(span.span, Context()) if isinstance(span, _Measured) else Context()
        with self._current(hook, SpanKind.INTERNAL, _about(hook, change), above=above) as own:
            own.add_event("observed", timestamp=int(change.at * 1e9))
            yield _Handler(own)

    @contextmanager
    def request(
        self, verb: str, method: str, path: str, host: str, call_id: str | None
    ) -> Iterator[_Request]:
        """Begin the span of a request to Graph, below whatever span is current."""
        about = {
            "http.request.method": method,
            "url.template": path,
            "server.address": host,
            "callbot.verb": verb,
        }
        if call_id is not None:
            about["callbot.call.id"] = call_id
        with self._current(f"{method} {path}", SpanKind.CLIENT, about) as span:
            yield _Request(span)

    @contextmanager
    def sign_in(self, tenant: str) -> Iterator[None]:
        """Begin the span of waiting for a token."""
        with self._current("sign in", SpanKind.CLIENT, {"callbot.tenant": tenant}) as span:
            try:
                yield
            except Exception as error:
                _Measured(span).error(type(error).__name__)
                raise

    @contextmanager
    def _current(
        self,
        name: str,
        kind: SpanKind,
        attributes: Mapping[str, str | int | bool],
        *,
        above: Context | None = None,
        links: list[Link] | None = None,
    ) -> Iterator[Span]:
        """Begin a span; what is raised in it is told by kind only, as its words may hold a name."""
        with self._tracer.start_as_current_span(
            name,
            above,
            kind,
            attributes,
            links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span


def _about(hook: str, change: Change) -> dict[str, str | int | bool]:
    about: dict[str, str | int | bool] = {
        "callbot.hook": hook,
        "callbot.call.id": change.call_id,
        "callbot.change": type(change).__name__,
    }
    if isinstance(change, Transition):
        about |= {
            "callbot.transition.number": change.seq,
            "callbot.transition.old": str(change.old or ""),
            "callbot.transition.new": str(change.new),
            "callbot.transition.source": str(change.source),
            "callbot.transition.inferred": change.inferred,
            "callbot.transition.redelivered": change.redelivered,
        }
    return about
