"""Counts what an app does, and refuses what is too much.

https://learn.microsoft.com/graph/throttling-limits
"""

from collections import Counter
from datetime import UTC, datetime

from callbot.clock import Clock
from callbot.emulator.calls.table import CallTable
from callbot.emulator.errors import ApiError
from callbot.emulator.identity.access import Caller
from callbot.emulator.settings import EmulatorSettings

WINDOW_SECONDS = 15


class Quotas:
    """The counters of all apps."""

    def __init__(self, settings: EmulatorSettings, clock: Clock) -> None:
        self._limits = settings.limits
        self._status = settings.unsettled.limit_status
        self._clock = clock
        self._window = 0
        self._requests: Counter[tuple[str, str]] = Counter()
        self._created: Counter[tuple[str, str]] = Counter()

    def count_request(self, caller: Caller) -> None:
        """Count a request; raises the 429 when there were too many in the last seconds."""
        limit = self._limits.requests_per_15_seconds
        if limit is None:
            return
        now = self._clock.time()
        window = int(now // WINDOW_SECONDS)
        if window != self._window:
            self._window = window
            self._requests.clear()
        key = (caller.app.app_id, caller.tenant_id)
        self._requests[key] += 1
        if self._requests[key] > limit:
            raise too_many_requests((window + 1) * WINDOW_SECONDS - now)

    def count_call(self, caller: Caller, calls: CallTable) -> None:
        """Count a created call; raises the error of an exhausted quota."""
        active = self._limits.active_calls
        if (
            active is not None
            and sum(call.app.app_id == caller.app.app_id for call in calls.live()) >= active
        ):
            raise ApiError(self._status, 8530, "The limit of active calls has been reached.")
        month = f"{datetime.fromtimestamp(self._clock.time(), UTC):%Y-%m}"
        key = (caller.app.app_id, month)
        monthly = self._limits.calls_per_month
        if monthly is not None and self._created[key] >= monthly:
            raise ApiError(self._status, 8529, "The monthly limit of calls has been reached.")
        self._created[key] += 1


def too_many_requests(seconds: float) -> ApiError:
    """Return the answer of throttling; the wait may be a fraction of a second."""
    text = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return ApiError(429, "TooManyRequests", "Please retry again later.", {"Retry-After": text})
