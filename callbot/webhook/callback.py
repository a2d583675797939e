"""The values that pass between the receiver, its host and whoever takes the callbacks."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from callbot.errors import CallbackError, CallbotError
from callbot.model.notification import Notification
from callbot.webhook.auth.claims import Caller


class Callback(NamedTuple):
    """One authenticated, decoded POST: what the receiver hands over.

    `message_id` names the delivery, `scenario_id` what the bot sent when it created the call, `chain_id`
    the chain of calls (`callChainId`); each is None when the platform sent none. `received_at` is wall
    time in seconds since the Unix epoch.
    """

    caller: Caller
    notifications: tuple[Notification, ...]
    message_id: str | None
    scenario_id: str | None
    chain_id: str | None
    received_at: float


class Reply(NamedTuple):
    """The HTTP answer to a callback, in no framework's terms."""

    status: int
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""


Accept = Callable[[Callback], Awaitable[Reply | None]]
"""Takes a callback over. None stands for the plain `202`; raises `Full` when there is no room for it."""

Doubt = Callable[[Caller, str | None], object]
"""Told that a callback came whose content is unknown, with its chain id if there is one. Returns at once."""


class Full(CallbotError):
    """There is no room for another callback; the platform is asked to come back in `retry_after` seconds."""

    def __init__(self, retry_after: float = 1.0) -> None:
        super().__init__("the queue of callbacks is full: handlers are slower than callbacks arrive")
        self.retry_after = retry_after


class Refused(CallbackError):
    """A callback from a known sender that is not taken, and the HTTP status that says so."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.status = status
