"""What goes wrong on purpose: which faults, how often, and how much of each."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from callbot.emulator.settings.base import Frozen, Seconds

Rate = Annotated[float, Field(ge=0, le=1)]


class Fault(StrEnum):
    """A fault by its name. Those above `throttle` befall callbacks, the others requests."""

    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    RESEND = "resend"
    REORDER = "reorder"
    BATCH = "batch"
    MIX = "mix"
    EMPTY = "empty"
    EARLY = "early"
    THROTTLE = "throttle"
    FAIL_BEFORE = "fail_before"
    FAIL_AFTER = "fail_after"
    REFUSE = "refuse"
    CUT = "cut"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    STALE = "stale"
    TOKEN_SLOW = "token_slow"  # noqa: S105 - the name of a fault
    TOKEN_FAIL = "token_fail"  # noqa: S105 - the name of a fault


CALLBACK_FAULTS = (
    Fault.DROP,
    Fault.EMPTY,
    Fault.DELAY,
    Fault.REORDER,
    Fault.BATCH,
    Fault.MIX,
    Fault.DUPLICATE,
    Fault.RESEND,
)
REQUEST_FAULTS = (
    Fault.THROTTLE,
    Fault.FAIL_BEFORE,
    Fault.FAIL_AFTER,
    Fault.REFUSE,
    Fault.CUT,
    Fault.HANG_BEFORE,
    Fault.HANG_AFTER,
    Fault.STALE,
)


class FaultRates(Frozen):
    """How often each fault happens, from 0 to 1.

    A callback may suffer several faults at once, a request only one.

    Attributes:
        drop: The callback is lost.
        delay: The callback and all behind it of the same call come late.
        duplicate: The callback comes twice with the same message id, the second time a little later.
        resend: The same with a new message id.
        reorder: The callback comes after later ones of its call.
        batch: Several notifications of the call come in one callback.
        mix: Notifications of several calls come in one callback.
        empty: The callback comes without a body; what it should have said is lost.
        early: The first callback of a created call comes before the answer to the create.
        throttle: The request is refused with 429 and `Retry-After`.
        fail_before: The request fails with 500, 503 or 504 and has no effect.
        fail_after: The same, but the request has had its effect.
        refuse: The connection is closed before anything was done.
        cut: The connection is closed in the middle of the answer.
        hang_before: No answer comes, and the request has no effect.
        hang_after: No answer comes, but the request has had its effect.
        stale: A read shows the call as it was before its last change, if that was just now (`stale_for`).
        token_slow: The token endpoint takes its time.
        token_fail: The token endpoint answers 503.
    """

    drop: Rate = 0.0
    delay: Rate = 0.0
    duplicate: Rate = 0.0
    resend: Rate = 0.0
    reorder: Rate = 0.0
    batch: Rate = 0.0
    mix: Rate = 0.0
    empty: Rate = 0.0
    early: Rate = 0.0
    throttle: Rate = 0.0
    fail_before: Rate = 0.0
    fail_after: Rate = 0.0
    refuse: Rate = 0.0
    cut: Rate = 0.0
    hang_before: Rate = 0.0
    hang_after: Rate = 0.0
    stale: Rate = 0.0
    token_slow: Rate = 0.0
    token_fail: Rate = 0.0

    def of(self, fault: Fault) -> float:
        """Return the rate of a fault."""
        rate: float = getattr(self, fault.value)
        return rate


class FaultSettings(Frozen):
    """The faults of an emulator. The same seed gives each call the same faults, in whatever order calls come.

    Attributes:
        seed: What the dice start from.
        rates: How often each fault happens.
        spare_announcements: Whether the first callback of an incoming call is never lost: without it a bot
            cannot know of the call.
        delay: The longest delay of `delay`, `duplicate`, `resend` and `reorder`, in seconds.
        batch: How long `batch` and `mix` collect, in seconds.
        retry_after: The longest `Retry-After` of `throttle` and of some 503, in seconds; often a fraction.
        hang: How long a hanging request hangs before its connection is closed, in seconds.
        token_delay: How long the slow token endpoint takes, in seconds.
        stale_for: How long after a change `stale` reads can still show what was before, in seconds; an end
            is a change too.
        token_skew: What the platform's clock is ahead of the bot's in callback tokens, in seconds.
        rotate_keys_every: Seconds between rotations of the key that signs callbacks; None for never.
        publish_old_keys: Whether keys stay published after a rotation.
        keys_down: Whether the key endpoints answer 503.
    """

    seed: int = 0
    rates: FaultRates = FaultRates()
    spare_announcements: bool = False
    delay: Seconds = 1.0
    batch: Seconds = 0.1
    retry_after: Seconds = 2.0
    hang: Seconds = 30.0
    token_delay: Seconds = 3.0
    stale_for: Seconds = 10.0
    token_skew: float = 0.0
    rotate_keys_every: Annotated[float, Field(gt=0)] | None = None
    publish_old_keys: bool = False
    keys_down: bool = False
