"""What an answer of Graph means: the document it carries, or the error it stands for.

https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic_core import from_json

from callbot.errors import (
    AuthenticationFailed,
    CallNotFound,
    CallStateConflict,
    GraphError,
    GraphTimeout,
    InvalidArgument,
    LimitReached,
    NotFound,
    PermissionDenied,
    Throttled,
    Unavailable,
)
from callbot.graph.verb import Verb

_LONGEST_MESSAGE = 500
_NOT_FOUND = "8522"

_BY_STATUS: dict[int, type[GraphError]] = {
    400: InvalidArgument,
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    405: InvalidArgument,
    408: GraphTimeout,
    409: CallStateConflict,
    410: NotFound,
    412: CallStateConflict,
    413: InvalidArgument,
    414: InvalidArgument,
    415: InvalidArgument,
    422: InvalidArgument,
    429: Throttled,
    501: InvalidArgument,
}

_BY_CODE: dict[str, type[GraphError]] = {
    "7501": AuthenticationFailed,
    "InvalidAuthenticationToken": AuthenticationFailed,
    "7502": PermissionDenied,
    "7504": PermissionDenied,
    "7505": PermissionDenied,
    "8501": CallStateConflict,
    "8502": CallStateConflict,
    "8503": CallStateConflict,
    "8506": CallStateConflict,
    "8519": CallStateConflict,
    "8520": CallStateConflict,
    "8528": CallStateConflict,
    "8548": CallStateConflict,
    "8554": CallStateConflict,
    "8558": NotFound,
    "8566": CallStateConflict,
    "8583": CallStateConflict,
    "8585": CallStateConflict,
    "8516": Throttled,
    "TooManyRequests": Throttled,
    "8529": LimitReached,
    "8530": LimitReached,
}


class Answer(NamedTuple):
    """An HTTP answer, read to its end. `headers` find their names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether Graph has done what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers


class _Told(NamedTuple):
    """What the body of an error says, as far as it is Graph's error object at all."""

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    by_graph: bool = False


def document_of(answer: Answer, verb: Verb, client_request_id: str) -> dict[str, object] | None:
    """Return the JSON object of a successful answer; None for an empty one.

    Raises `Unavailable` for a body that is no JSON object: something between here and Graph wrote it.
    """
    if not answer.body.strip():
        return None
    document = _parsed(answer.body)
    if isinstance(document, dict):
        return document
    raise Unavailable(
        f"the answer is not a JSON object but {_kind(answer)}; is there a proxy on the way to Graph?",
        verb=verb.name,
        status=answer.status,
        request_id=answer.headers.get("request-id"),
        client_request_id=client_request_id,
    )


def error_of(
    answer: Answer, verb: Verb, client_request_id: str, retry_after: float | None = None
) -> GraphError:
    """Return the error an answer without success stands for; the platform's code weighs more than HTTP's."""
    told = _read(answer)
    return _meaning(answer, told, verb)(
        told.message or f"Graph answered with {_kind(answer)}",
        verb=verb.name,
        status=answer.status,
        code=told.code,
        request_id=answer.headers.get("request-id") or told.request_id,
        client_request_id=client_request_id,
        retry_after=retry_after,
    )


def _meaning(answer: Answer, told: _Told, verb: Verb) -> type[GraphError]:
    if told.code in _BY_CODE:
        return _BY_CODE[told.code]
    if told.code == _NOT_FOUND or answer.status == 404:  # noqa: PLR2004 - HTTP's own number
        return CallNotFound if _is_about_the_call(answer, told, verb) else NotFound
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status]
    blames_us = 400 <= answer.status < 500  # noqa: PLR2004 - HTTP's own numbers
    return InvalidArgument if blames_us else Unavailable


def _is_about_the_call(answer: Answer, told: _Told, verb: Verb) -> bool:
    """Tell a call that is gone from a participant that is not there, or a proxy's own 404 page.

    To take a living call for dead is worse than to ask once more: only Graph's own word counts.
    """
    if "{call_id}" not in verb.path:
        return False
    if not verb.names_call:
        return told.code == _NOT_FOUND and (told.message or "").lower().startswith("call not found")
    if told.by_graph:
        return told.code is None or told.code == _NOT_FOUND or not told.code.isdecimal()
    return not answer.body.strip()


def _parsed(body: bytes) -> object:
    """Return the JSON value of a body, None for what is none. Twice as fast as the standard library's."""
    try:
        value: object = from_json(body, allow_inf_nan=False)
    except ValueError:
        return None
    return value


def _read(answer: Answer) -> _Told:
    document = _parsed(answer.body)
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return _Told()
    code, message = error.get("code"), error.get("message")
    return _Told(
        code=str(code) if isinstance(code, str | int) and str(code) else None,
        message=_shortened(message) if isinstance(message, str) and message else None,
        request_id=_request_id(error),
        by_graph=True,
    )


def _shortened(message: str) -> str:
    """Cut a long message between words: half a telephone number would not be known as one any more."""
    if len(message) <= _LONGEST_MESSAGE:
        return message
    return message[:_LONGEST_MESSAGE].rpartition(" ")[0] or message[:_LONGEST_MESSAGE]


def _request_id(error: Mapping[str, object]) -> str | None:
    for holder in (error, error.get("innerError"), error.get("innererror")):
        if isinstance(holder, dict):
            for key in ("request-id", "requestId"):
                if isinstance(holder.get(key), str):
                    return str(holder[key])
    return None


def _kind(answer: Answer) -> str:
    """What came instead of an error object, in words that never repeat its content."""
    if not answer.body.strip():
        return "an empty body"
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    return f"{len(answer.body)} bytes of {kind or 'unnamed content'}"
