"""A compliance bot: it is called for people under a recording policy, and shows that it records.

`python -m callbot run samples.recording_policy.bot:bot --config config/demo.toml`
"""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from callbot import (
    Call,
    CallBot,
    CallState,
    JoinDecision,
    ParticipantJoining,
    ParticipantLeft,
    RejectReason,
    Transition,
)

CAPACITY = 3

Recorder = Callable[[Call["Duty"]], Awaitable[None]]
"""Keeps what is said until the call ends: here your media stack comes in."""


class Duty(BaseModel):
    """Whom one call of the bot looks after, by participant id."""

    observed: list[str] = []


async def nothing(call: Call[Duty]) -> None:
    """Keep nothing, and wait for the end of the call."""
    await call.until(CallState.TERMINATED)


class ComplianceBot(CallBot[Duty]):
    """Records everybody whom the policy names, as long as the platform shows that it does.

    `record` keeps the media. The platform hands them to an app that hosts its own media: give `answer` the
    `AppHostedMediaConfig` of your media stack.
    """

    def __init__(self, record: Recorder = nothing) -> None:
        self.record = record

    async def on_incoming(self, call: Call[Duty], transition: Transition) -> None:
        """Take the call at once: a compliance bot has five seconds."""
        context = call.resource.incoming_context
        if context is None or context.observed_participant_id is None:
            await call.reject(RejectReason.FORBIDDEN)  # somebody calls the bot itself
            return
        call.data.observed.append(context.observed_participant_id)
        await call.answer(participant_capacity=CAPACITY)

    async def on_established(self, call: Call[Duty], transition: Transition) -> None:
        """Keep nothing before everybody is told, and tell them when it is over."""
        async with call.recording_status():
            await self.record(call)

    async def on_participant_joining(self, call: Call[Duty], joining: ParticipantJoining) -> JoinDecision:
        """Look after whoever comes, as long as there is room."""
        if len(call.data.observed) + len(joining.participants) > CAPACITY:
            return joining.reject(RejectReason.BUSY)
        call.data.observed += [one.id for one in joining.participants if one.id]
        await call.save()
        return joining.accept()

    async def on_participant_left(self, call: Call[Duty], left: ParticipantLeft) -> None:
        """Have room for another one."""
        if left.participant_id in call.data.observed:
            call.data.observed.remove(left.participant_id)


bot = ComplianceBot()
