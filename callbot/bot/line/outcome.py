"""Waiting for an outcome that may never be told.

An outcome is notified; a notification can be lost. So whoever waits for one also looks, after a while and
then less and less often, and gives up in the end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import inf, isinf
from typing import Any, Generic, NamedTuple

from callbot.bot.line.waiters import Awaited, Waiter
from callbot.clock import Clock, timeout
from callbot.errors import GraphError, WaitTimeout
from callbot.log import get_logger

_log = get_logger(__name__)

FIRST_LOOK = 15.0
"""Seconds after which an outcome nobody told of is looked for; then after twice the time, and so on."""

_SLOWEST = 8.0  # times the first pause: looks do not become rarer than that

Look = Callable[[], Awaitable[Awaited | None]]


class Patience(NamedTuple, Generic[Awaited]):
    """How to wait: `limit` and the time until the `first` look are in seconds.

    `look` returns the outcome, or None while there is none; None for nothing to look at.
    """

    limit: float
    first: float
    look: Look[Awaited] | None


async def wait_for(
    waiter: Waiter[Awaited], patience: Patience[Awaited], clock: Clock, *, call_id: str, what: str
) -> Awaited:
    """Return what `waiter` is told, or what a look finds; `what` names it in errors.

    Raises `CallEnded` when the call ends before, and `WaitTimeout` when the limit is over.
    """
    look = patience.look
    ends = clock.monotonic() + patience.limit
    pause = inf if look is None else patience.first
    while True:
        left = ends - clock.monotonic()
        if await _told(waiter, clock, min(pause, left)):
            return waiter.future.result()
        if look is None or left <= pause:
            raise WaitTimeout(call_id, what, patience.limit)
        found = await _found(look, what)
        if found is not None:
            return found
        pause = min(2.0 * pause, _SLOWEST * patience.first)


async def _told(waiter: Waiter[Any], clock: Clock, seconds: float) -> bool:
    """Wait for so long; the future of the waiter is not cancelled by that."""
    with suppress(TimeoutError):
        async with timeout(clock, None if isinf(seconds) else seconds):
            await asyncio.wait({waiter.future})
    return waiter.future.done()


async def _found(look: Look[Awaited], what: str) -> Awaited | None:
    """Look; what fails is tried again later."""
    try:
        return await look()
    except GraphError as error:
        _log.info(
            "outcome could not be read, trying again",
            verb=what,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        )
        return None
