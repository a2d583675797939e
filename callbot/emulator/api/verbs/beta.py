"""The verbs that only beta has: the lobby, muting all, recording and transcription of the meeting, slides.

https://learn.microsoft.com/graph/api/resources/call?view=graph-rest-beta
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

from callbot.emulator.api.answers import operation_reply
from callbot.emulator.api.checks.calls import need_group, need_participant
from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.api.verbs.resources import get_sharing
from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.calls.operation import Operation
from callbot.emulator.errors import invalid_argument
from callbot.emulator.flow import notify, roster
from callbot.emulator.meetings.joining import admit, deny
from callbot.emulator.meetings.moderating import set_muted
from callbot.emulator.wire import JsonObject, typed

# a picture of one transparent pixel
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def admit_from_lobby(exchange: Exchange) -> Reply:
    """Let a participant in."""
    participant = need_participant(exchange)
    return _operate(exchange, "admitFromLobbyOperation", lambda: _let_in(exchange, participant))


async def admit_all_from_lobby(exchange: Exchange) -> Reply:
    """Let everybody in who waits."""

    def everybody() -> None:
        for participant in list(exchange.call.conversation.participants.values()):
            _let_in(exchange, participant)

    return _operate(exchange, "admitAllFromLobbyOperation", everybody)


async def remove_from_lobby(exchange: Exchange) -> Reply:
    """Send a participant in the lobby away."""
    participant = need_participant(exchange)

    def send_away() -> None:
        leg = _leg_of(exchange, participant)
        if leg is not None:
            deny(exchange.platform, leg)
        elif participant.in_lobby:
            roster.leave(exchange.platform, exchange.call.conversation, participant, "Removed")

    return _operate(exchange, "removeFromLobbyOperation", send_away)


async def mute_all(exchange: Exchange) -> Reply:
    """Mute the named participants."""
    exchange.body.need("participants")
    named = exchange.body.items("participants")
    known = exchange.call.conversation.participants
    for participant_id in named:
        if participant_id not in known:
            raise invalid_argument(f"There is no participant '{participant_id}' in the call.")

    def silence() -> None:
        for participant_id in named:
            set_muted(exchange.platform, exchange.call.conversation, known[str(participant_id)], muted=True)

    return _operate(exchange, "muteParticipantsOperation", silence, participants=named)


async def start_recording(exchange: Exchange) -> Reply:
    """Record the meeting."""
    return _operate(exchange, "startRecordingOperation", lambda: _record(exchange, "recording"))


async def stop_recording(exchange: Exchange) -> Reply:
    """Stop recording the meeting."""
    return _operate(exchange, "stopRecordingOperation", lambda: _record(exchange, "notRecording"))


async def start_transcription(exchange: Exchange) -> Reply:
    """Write down what is said."""
    return _operate(exchange, "startTranscriptionOperation", lambda: _transcribe(exchange, "active"))


async def stop_transcription(exchange: Exchange) -> Reply:
    """Stop writing down what is said."""
    return _operate(exchange, "stopTranscriptionOperation", lambda: _transcribe(exchange, "inactive"))


async def current_slide(exchange: Exchange) -> Reply:
    """Show the slide that is shared: always the same picture."""
    await get_sharing(exchange)
    return Reply(200, content=PIXEL, headers={"Content-Type": "image/png"})


def _operate(exchange: Exchange, kind: str, action: Callable[[], None], **details: object) -> Reply:
    """Answer with a running operation, then act and finish it."""
    call, platform = exchange.call, exchange.platform
    need_group(call)
    operation = Operation(type=kind, client_context=exchange.body.client_context(), details=details)
    call.operations[operation.id] = operation

    def done() -> None:
        action()
        operation.finish()
        notify.operation_finished(platform, call, operation)

    platform.later(call, 0, done)
    return operation_reply(exchange, operation)


def _leg_of(exchange: Exchange, participant: Participant) -> Call | None:
    legs = exchange.platform.calls.legs(exchange.call.conversation)
    return next((leg for leg in legs if leg.me is participant), None)


def _let_in(exchange: Exchange, participant: Participant) -> None:
    platform, conversation = exchange.platform, exchange.call.conversation
    leg = _leg_of(exchange, participant)
    if leg is not None:
        admit(platform, leg)
    elif participant.in_lobby:
        participant.in_lobby = False
        roster.changed(platform, conversation, [participant])


def _record(exchange: Exchange, status: str) -> None:
    call = exchange.call
    call.me.recording, call.me.recorded_by = status, call.me.identity
    roster.changed(exchange.platform, call.conversation, [call.me])


def _transcribe(exchange: Exchange, state: str) -> None:
    call = exchange.call
    moment = datetime.fromtimestamp(exchange.platform.clock.time(), UTC)
    fields: JsonObject = {"state": state, "lastModifiedDateTime": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"}
    call.transcription = typed("callTranscriptionInfo", fields)
    notify.call_updated(exchange.platform, call, transcription=call.transcription)


_PEOPLE = "{call}/participants"

VERBS = tuple(
    Verb(name, method, path, handler, beta_only=True)
    for name, method, path, handler in (
        ("admitAllFromLobby", "POST", f"{_PEOPLE}/admitAllFromLobby", admit_all_from_lobby),
        ("muteAll", "POST", f"{_PEOPLE}/muteAll", mute_all),
        ("admitFromLobby", "POST", f"{_PEOPLE}/{{participant}}/admitFromLobby", admit_from_lobby),
        ("removeFromLobby", "POST", f"{_PEOPLE}/{{participant}}/removeFromLobby", remove_from_lobby),
        ("startRecording", "POST", "{call}/startRecording", start_recording),
        ("stopRecording", "POST", "{call}/stopRecording", stop_recording),
        ("startTranscription", "POST", "{call}/startTranscription", start_transcription),
        ("stopTranscription", "POST", "{call}/stopTranscription", stop_transcription),
        (
            "pngOfCurrentSlide",
            "GET",
            "{call}/contentSharingSessions/{content}/pngOfCurrentSlide",
            current_slide,
        ),
    )
)
