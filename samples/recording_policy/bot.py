"""A compliance bot: it is called for people under a recording policy, and shows that it records.

`python -m callbot run samples.recording_policy.bot:bot --config config/demo.toml`
"""

from typing import Protocol

from pydantic import BaseModel

from callbot import (
    Call,
    CallBot,
    CallbotError,
    JoinDecision,
    ParticipantJoining,
    ParticipantLeft,
    RecordingStatus,
    RejectReason,
    Transition,
)

CAPACITY = 3
"""How many people one call of the bot looks after; for the next one the platform makes another call."""


class Duty(BaseModel):
    """Whom one call of the bot looks after, by participant id, and whether it records them now."""

    observed: list[str] = []
    recording: bool = False


class Recorder(Protocol):
    """Keeps what is said: your media stack. Both may be called twice for a call."""

    async def start(self, call_id: str) -> None:
        """Begin to keep the media of a call; raises when it cannot."""

    async def stop(self, call_id: str) -> None:
        """Keep nothing more of it."""


class Minutes(Recorder):
    """Keeps no media, and says when it would."""

    async def start(self, call_id: str) -> None:
        """Say that it has begun."""
        print(f"{call_id}: recording")

    async def stop(self, call_id: str) -> None:
        """Say that it is over."""
        print(f"{call_id}: not recording")


class ComplianceBot(CallBot[Duty]):
    """Records everybody whom the policy names, as long as the platform shows that it does.

    The platform hands media to an app that hosts its own: give `answer` the `AppHostedMediaConfig` of your
    media stack, which is also the `recorder`.
    """

    def __init__(self, recorder: Recorder | None = None) -> None:
        self.recorder = recorder or Minutes()

    async def on_incoming(self, call: Call[Duty], transition: Transition) -> None:
        """Take the call at once: a compliance bot has five seconds."""
        context = call.resource.incoming_context
        if context is None or context.observed_participant_id is None:
            await call.reject(RejectReason.FORBIDDEN)  # somebody calls the bot itself
            return
        call.data.observed.append(context.observed_participant_id)
        await call.answer(participant_capacity=CAPACITY)

    async def on_established(self, call: Call[Duty], transition: Transition) -> None:
        """Tell everybody first, and only then keep what is said; also when the call is back from hold."""
        try:
            await call.update_recording_status(RecordingStatus.RECORDING)
            await self.recorder.start(call.id)
            call.data.recording = True
        except (CallbotError, OSError):  # nobody may believe that they are recorded when they are not
            await call.update_recording_status(RecordingStatus.FAILED)
            raise

    async def on_hold(self, call: Call[Duty], transition: Transition) -> None:
        """Keep nothing while the call is on hold."""
        call.data.recording = False
        await self.recorder.stop(call.id)
        await call.update_recording_status(RecordingStatus.NOT_RECORDING)

    async def on_terminated(self, call: Call[Duty], transition: Transition) -> None:
        """The end of the call has ended the status; end the recording."""
        call.data.recording = False
        await self.recorder.stop(call.id)

    async def on_participant_joining(self, call: Call[Duty], joining: ParticipantJoining) -> JoinDecision:
        """Take in who joins, unless they could not be recorded. The platform waits: decide at once."""
        if not call.data.recording:
            return joining.reject(RejectReason.FORBIDDEN)  # or joining.invite_new_bot("https://...")
        call.data.observed += [one.id for one in joining.participants if one.id]
        await call.save()  # this is no handler, after which it would be stored by itself
        return joining.accept()

    async def on_participant_left(self, call: Call[Duty], left: ParticipantLeft) -> None:
        """Look after one less."""
        if left.participant_id in call.data.observed:
            call.data.observed.remove(left.participant_id)


bot = ComplianceBot()
