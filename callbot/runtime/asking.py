"""What the platform waits for an answer to: who may join a recorded call, and where a call is taken.

The answer is the HTTP response of the callback: these hooks run before it, beside the handlers of the call.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from callbot.bot import Call, CallBot, HookTimes, JoinDecision, ParticipantJoining
from callbot.bot.hooks import OF_ANNOUNCED, OF_JOINING
from callbot.clock import Clock, timeout
from callbot.errors import HookError
from callbot.log import get_logger
from callbot.model import (
    CallResource,
    CallState,
    ChangeType,
    Notification,
    ParticipantJoiningNotification,
    PathKind,
    ResourcePath,
)
from callbot.state import policy_payload
from callbot.webhook import Reply

_log = get_logger(__name__)

TIME_LIMIT = 4.0
"""Seconds for a decision: the platform gives a policy-recording bot five."""


class Asking:
    """Asks the bot. `call_of` gives the live call of a call key, None for one that is not known here."""

    def __init__(self, bot: CallBot, clock: Clock, call_of: Callable[[str], Call | None]) -> None:
        self._bot = bot
        self._clock = clock
        self._call_of = call_of
        self.times = HookTimes()

    @property
    def may_place(self) -> bool:
        """Whether the bot may want a call to be taken elsewhere."""
        return self._bot.hook_for_announced() is not None

    def parted(
        self, notifications: Sequence[Notification]
    ) -> tuple[Sequence[Notification], Sequence[Notification]]:
        """Part what is told from the questions among it, which the platform waits for a decision of."""
        if self._bot.hook_for_joining() is None:
            return notifications, ()
        asked = [one for one in notifications if _is_question(one)]
        return [one for one in notifications if one not in asked], asked

    async def place(
        self, notifications: Sequence[Notification]
    ) -> tuple[Sequence[Notification], Reply | None]:
        """Return which notifications of a callback are taken here, and the redirection of the others.

        Those announce calls that are to be taken elsewhere. A callback is sent on to one address: a call for
        which the hook then names another is taken here. A hook that fails, or takes too long, leaves the call
        here.
        """
        staying: list[Notification] = []
        address: str | None = None
        for one in notifications:
            elsewhere = await self._place_one(one)
            if elsewhere is None or elsewhere != (address or elsewhere):
                staying.append(one)
            else:
                address = elsewhere
        return staying, None if address is None else Reply(307, {"Location": address})

    async def _place_one(self, one: Notification) -> str | None:
        """Return where a call that is announced is to be taken, None for here."""
        hook = self._bot.hook_for_announced()
        if hook is None or not announces(one.change_type, one.path, one.resource_data):
            return None
        if self._call_of(one.path.key or "") is not None:
            return None
        try:
            async with self._timed(OF_ANNOUNCED):
                return _checked_address(await hook(_resource(one.resource_data)))
        except Exception as error:  # noqa: BLE001 - the call has to be taken all the same
            _log.error("on_announced failed, the call is taken here", exc_info=error)
            return None

    async def decide(self, one: Notification, at: float) -> Reply | None:
        """Return the bot's decision about who wants to join; None when the call is not known here.

        Raises what the hook raises, `HookError` for what is no decision, and `TimeoutError`.
        """
        hook, payload = self._bot.hook_for_joining(), policy_payload(one.resource_data)
        call = self._call_of(one.path.key or "")
        if hook is None or call is None or not isinstance(payload, ParticipantJoiningNotification):
            return None
        people = payload.call.participants if payload.call is not None else ()
        async with self._timed(OF_JOINING):
            decision = _checked_decision(await hook(call, ParticipantJoining(call.id, tuple(people), at)))
        body = json.dumps(dict(decision.to_wire())).encode()
        return Reply(200, {"Content-Type": "application/json"}, body)

    @asynccontextmanager
    async def _timed(self, hook: str) -> AsyncIterator[None]:
        """Limit the time of a hook, and count it."""
        began, failed = self._clock.monotonic(), True
        try:
            async with timeout(self._clock, TIME_LIMIT):
                yield
            failed = False
        finally:
            self.times.ended(hook, self._clock.monotonic() - began, failed=failed)


def _is_question(one: Notification) -> bool:
    return isinstance(policy_payload(one.resource_data), ParticipantJoiningNotification)


def announces(change_type: ChangeType, path: ResourcePath, data: object) -> bool:
    """Whether a notification says that somebody calls the bot."""
    fresh = change_type is ChangeType.CREATED and path.kind is PathKind.CALL
    return fresh and policy_payload(data) is None and _resource(data).state is CallState.INCOMING


def _resource(data: object) -> CallResource:
    return CallResource.view(data if isinstance(data, dict) else {})


def _checked_decision(decision: object) -> JoinDecision:
    if not isinstance(decision, JoinDecision):
        raise HookError(
            "on_participant_joining must return joining.accept(), joining.reject(...) or "
            f"joining.invite_new_bot(...), not {type(decision).__name__}"
        )
    return decision


def _checked_address(elsewhere: str | None) -> str | None:
    if elsewhere is not None and (urlsplit(elsewhere).scheme != "https" or not urlsplit(elsewhere).hostname):
        raise HookError("on_announced must return the https address of another callback path, or None")
    return elsewhere
