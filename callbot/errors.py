"""Every error callbot raises, by what it means to the person who has to act on it.

    CallbotError
    |- ConfigurationError          settings that cannot work: names the key and what to write
    |- HookError                   a bot that cannot work: a misspelt hook, a wrong signature
    |- PromptError                 a prompt that cannot be played: says what is wrong and how to put it right
    |- CallbackError               a callback the receiver does not accept
    |  |- UnauthenticatedCallback  its token is missing or fails a check (401)
    |  `- DecodeError              its body is not the envelope (400)
    |- CallEnded                   the call ended while something waited on it
    |- BotStopped                  the bot stops, or another process has its calls, while something waited
    |- OperationFailed             an operation (prompt, recording, invitation...) finished as failed
    |- WaitTimeout                 what a verb waited for has not come within its limit
    |- StoreError                  the store cannot do it; nothing was changed
    |  |- VersionConflict          somebody else has written the record meanwhile
    |  |- LeaseLost                another process looks after it now
    |  `- UnfitRecord              it holds what no store can keep: to try again cannot help
    `- GraphError                  a request to Graph had no success
       |- AuthenticationFailed     no token was given, or Graph does not take it (401)
       |- PermissionDenied         the app lacks a permission or the tenant is another (403)
       |- NotFound                 there is no such resource (404)
       |  `- CallNotFound          the call is over, or never was (404, code 8522)
       |- InvalidArgument          the request itself is wrong (400)
       |- CallStateConflict        the call's state does not allow it (400/409, codes 8501, 8528, 8585...)
       |- LimitReached             a quota of the platform is used up (codes 8529, 8530)
       |- Throttled                too many requests (429)
       |- Unavailable              Graph, or the way to it, is down (5xx, no connection)
       `- GraphTimeout             no answer within the deadline

`GraphError.retryable` says whether the same request can succeed later without a change.
"""

from callbot.codes import Explanation, explain, explain_sign_in
from callbot.codes.sign_in import PREFIX


class CallbotError(Exception):
    """The root of everything callbot raises on purpose."""


class ConfigurationError(CallbotError):
    """Settings that cannot work. The message names the key and what to write instead."""


class HookError(CallbotError, TypeError):
    """A bot class that cannot work: a misspelt hook or a hook with the wrong signature."""


class PromptError(CallbotError):
    """A prompt that cannot be played. The message says what is wrong with it and how to put it right."""


class CallbackError(CallbotError):
    """A callback the receiver does not accept.

    `reason` is a short fixed word for logs and metrics; it never contains anything the sender wrote.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class UnauthenticatedCallback(CallbackError):
    """The callback's token is missing or fails a check: nobody knows who sent it."""


class DecodeError(CallbackError):
    """The body of a callback is not the notification envelope."""


class CallEnded(CallbotError):
    """The call ended while something waited on it. Leaving a handler with it is not an error."""

    def __init__(self, call_id: str, result: str | None = None) -> None:
        super().__init__(f"call {call_id} has ended" + (f": {result}" if result else ""))
        self.call_id = call_id


class BotStopped(CallbotError):
    """Something waited on a bot that stops, or whose calls another process has taken over.

    What was waited for may still happen: the process that looks after the calls sees it.
    """

    def __init__(self) -> None:
        super().__init__(
            "this process looks after calls no longer: the bot stops, or another process has taken over"
        )


class OperationFailed(CallbotError):
    """An operation finished as failed. `explain()` says why in plain words, and what may help."""

    def __init__(self, kind: str, *, code: int | None, subcode: int | None, message: str | None) -> None:
        super().__init__(f"{kind} failed: {message or 'no message'} ({_numbers(code, subcode)})")
        self.kind = kind
        self.code = code
        self.subcode = subcode

    def explain(self) -> Explanation:
        """Return the cause in plain words and the likely fix."""
        return explain(self.code, self.subcode)


class WaitTimeout(CallbotError, TimeoutError):
    """What was waited for has not come within the limit: it may still come. The call goes on.

    `what` names what was waited for, `limit` is in seconds.
    """

    def __init__(self, call_id: str, what: str, limit: float) -> None:
        super().__init__(
            f"call {call_id}: {what} has no outcome after {limit:g} s, neither notified nor read; give it "
            "longer with limit=, or do not wait for it"
        )
        self.call_id = call_id
        self.what = what
        self.limit = limit


class StoreError(CallbotError):
    """The store cannot do what was asked; nothing was changed."""


class VersionConflict(StoreError):
    """The record was written by somebody else since it was read. Read it again and repeat."""


class LeaseLost(StoreError):
    """The lease the write was to be made under is not held any more. Leave the call to its new holder."""


class UnfitRecord(StoreError):
    """What was to be kept cannot be written as JSON, by any store. To try again cannot help."""


class GraphError(CallbotError):
    """A request to Graph had no success.

    `status` is the HTTP status (None when there was no answer), `code` the platform's code as a string
    ("8522", "TooManyRequests"), `request_id` what Microsoft support asks for, `verb` what was tried,
    `retry_after` the seconds the platform asked to wait.

    https://learn.microsoft.com/graph/errors
    """

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        verb: str,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        client_request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message
        self.verb = verb
        self.status = status
        self.code = code
        self.request_id = request_id
        self.client_request_id = client_request_id
        self.retry_after = retry_after
        super().__init__(message)

    @property
    def subcode(self) -> int | None:
        """The platform's code as a number, where it is one."""
        return int(self.code) if self.code is not None and self.code.isdecimal() else None

    def explain(self) -> Explanation:
        """Return the cause in plain words and the likely fix."""
        if self.code is not None and self.code.startswith(PREFIX):
            return explain_sign_in(self.code)
        return explain(self.status, self.subcode)

    def __str__(self) -> str:
        facts = [
            f"HTTP {self.status}" if self.status is not None else "",
            f"code {self.code}" if self.code else "",
            f"request-id {self.request_id}" if self.request_id else "",
        ]
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.verb}: {self.message}" + (f" ({known})" if known else "")


class AuthenticationFailed(GraphError):
    """No token could be had, or Graph does not accept it."""


class PermissionDenied(GraphError):
    """The app lacks a permission, or the call belongs to another tenant than the token."""


class NotFound(GraphError):
    """There is no such resource."""


class CallNotFound(NotFound):
    """The call is over, or never was: Graph keeps no history."""


class InvalidArgument(GraphError):
    """The request itself is wrong; the message says in what."""


class CallStateConflict(GraphError):
    """The state of the call does not allow it."""


class LimitReached(GraphError):
    """A quota of the platform is used up."""


class Throttled(GraphError):
    """Too many requests; `retry_after` says how many seconds to wait."""

    retryable = True


class Unavailable(GraphError):
    """Graph, or the way to it, is down."""

    retryable = True


class GraphTimeout(GraphError):
    """No answer came within the deadline: the request may or may not have had its effect."""

    retryable = True


def _numbers(code: int | None, subcode: int | None) -> str:
    return f"code {code}, subcode {subcode}"
