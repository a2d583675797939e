"""What the emulated Graph answers when it refuses: the status, the code and the words.

https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping


class ApiError(Exception):
    """A request that gets an error answer. `code` is what stands in `error.code`; always a string."""

    def __init__(
        self, status: int, code: str | int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = str(code)
        self.message = message
        self.headers = dict(headers or {})


def call_not_found() -> ApiError:
    """Return the answer for a call that is over or never was."""
    return ApiError(404, 8522, "Call not found.")


def invalid_argument(message: str) -> ApiError:
    """Return the answer for a body that breaks a rule of the API."""
    return ApiError(400, 8523, message)


def not_established() -> ApiError:
    """Return the answer for a verb that needs an established call."""
    return ApiError(400, 8501, "Call is not established.")


def wrong_state(message: str = "The operation is not valid in the current call state.") -> ApiError:
    """Return the answer for a verb that the state of the call does not allow."""
    return ApiError(400, 8585, message)


def insufficient_permissions() -> ApiError:
    """Return the answer for an app without the permission a verb needs."""
    return ApiError(403, 7504, "Insufficient enterprise tenant permissions, cannot access this API.")


def tenant_mismatch() -> ApiError:
    """Return the answer for a token of another tenant than the call's."""
    return ApiError(403, 7505, "Request authorization tenant mismatch.")
