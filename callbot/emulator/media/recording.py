"""Records what the people in a call say after a prompt.

https://learn.microsoft.com/graph/api/call-record
"""

from dataclasses import dataclass

from callbot.clock import sleep
from callbot.emulator.calls.call import Call
from callbot.emulator.media.keypad import Keypad
from callbot.emulator.media.playing import play
from callbot.emulator.media.prompts import PromptFailed
from callbot.emulator.media.wav import silence
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.wire import JsonObject

BEEP_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """What a recordResponse asks for, checked. Times are in seconds; `stop_keys` are characters."""

    prompts: tuple[object, ...] = ()
    barge_in: bool = False
    beep: bool = True
    initial_silence: float = 5.0
    max_silence: float = 5.0
    max_duration: float = 5.0
    stop_keys: frozenset[str] = frozenset()


async def record(
    platform: Platform, call: Call, request: RecordRequest, keypad: Keypad
) -> tuple[Outcome, JsonObject]:
    """Play the prompt, beep, record; return how it ended and the operation's own fields."""
    outcomes = platform.settings.operation_outcomes
    try:
        await play(platform, call, request.prompts, barge=keypad if request.barge_in else None)
    except PromptFailed:
        return outcomes.prompt_failed, no_recording("playPromptFailed")
    if request.beep:
        await sleep(platform.clock, BEEP_SECONDS)
    started = platform.clock.monotonic()
    limit, outcome, reason = _limit(platform, call, request)
    if await keypad.wait(limit, request.stop_keys) is not None:
        outcome, reason = outcomes.stop_tone, "stopToneDetected"
    if outcome is outcomes.initial_silence:
        return outcome, no_recording(reason)
    recording = platform.recordings.put(silence(platform.clock.monotonic() - started))
    return outcome, {
        "recordingLocation": f"{platform.root}/recordings/{recording.id}",
        "recordingAccessToken": recording.token,
        "completionReason": reason,
    }


def _limit(platform: Platform, call: Call, request: RecordRequest) -> tuple[float, Outcome, str]:
    """Return when the recording ends by itself, and as what."""
    outcomes = platform.settings.operation_outcomes
    speech = max(
        (one.person.behaviour.speaks_for for one in call.conversation.people() if one.person), default=0
    )
    if speech == 0 and request.initial_silence < request.max_duration:
        return request.initial_silence, outcomes.initial_silence, "initialSilenceTimeout"
    silent_at = speech + request.max_silence
    if silent_at < request.max_duration:
        return silent_at, outcomes.max_silence, "maxSilenceTimeout"
    return request.max_duration, outcomes.max_duration, "maxRecordDurationReached"


def no_recording(reason: str) -> JsonObject:
    """Return what an operation tells that has recorded nothing."""
    return {"recordingLocation": "", "recordingAccessToken": "", "completionReason": reason}
