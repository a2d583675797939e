"""One callback on its way to a bot, and the answer it got."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from callbot.emulator.settings import AppRegistration
from callbot.emulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bot answered to a callback. `status` is None when there was no answer; `error` says why."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the bot took the callback."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's classes

    @property
    def moved(self) -> str | None:
        """Where the bot wants the callback instead (302 or 307), or None."""
        return self.headers.get("Location") if self.status in (302, 307) else None


@dataclass(slots=True, kw_only=True)
class Callback:
    """A POST to a bot. `body` is the JSON; `on_answer` is told how it ended.

    `time_limit` is in seconds; None for the usual one.
    """

    app: AppRegistration
    tenant_id: str
    call_id: str
    chain_id: str
    url: str
    body: JsonObject
    scenario_id: str | None = None
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    on_answer: Callable[[Answer], None] | None = None
    time_limit: float | None = None

    def anew(self) -> "Callback":
        """Return the same callback under a new message id."""
        return replace(self, message_id=str(uuid.uuid4()))
