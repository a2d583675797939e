"""What the admin API says when it does not do what it was asked."""

from collections.abc import Mapping

from aiohttp import web

from callbot.errors import (
    CallbotError,
    CallStateConflict,
    GraphError,
    GraphTimeout,
    InvalidArgument,
    PromptError,
    Throttled,
)

_STATUS: dict[type[CallbotError], int] = {
    InvalidArgument: 400,
    PromptError: 400,
    CallStateConflict: 409,
    Throttled: 503,
    GraphTimeout: 504,
    GraphError: 502,
}


class Refusal(Exception):
    """Ends a request with an answer. `kind` is a fixed word for programs, the message is for people."""

    def __init__(
        self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.headers = headers or {}
        self.more = more

    def answer(self) -> web.Response:
        """Return the answer: `{"error": {"kind": ..., "message": ...}}`."""
        error = {"kind": self.kind, "message": str(self), **self.more}
        return web.json_response({"error": error}, status=self.status, headers=self.headers)


def refusal_of(error: CallbotError) -> Refusal:
    """Return how an error of a verb is answered: with its kind, Graph's code and what to do about it."""
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    if not isinstance(error, GraphError):
        return Refusal(status, type(error).__name__, str(error))
    headers = {} if error.retry_after is None else {"Retry-After": f"{max(error.retry_after, 1.0):.0f}"}
    return Refusal(
        status,
        type(error).__name__,
        str(error),
        headers,
        advice=str(error.explain()) if error.status is not None else None,
        graph_status=error.status,
        graph_code=error.code,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )


def unknown_call(call_id: str) -> Refusal:
    """Return how a call that is not known here is answered."""
    return Refusal(
        404,
        "UnknownCall",
        f"no call {call_id} is known here: it is over and forgotten, never was, "
        "or another process looks after it",
    )
