"""Verbs of the beta API about a meeting: its recording, its transcription, its lobby."""

from collections.abc import Sequence
from dataclasses import replace

from callbot.graph.limits import CLIENT_CONTEXT
from callbot.graph.verb import CHINA, GOVERNMENT, JOIN, Outcome, Verb
from callbot.graph.verbs.group import VerbGroup, given
from callbot.model import (
    AdmitAllFromLobbyOperation,
    AdmitFromLobbyOperation,
    MuteParticipantsOperation,
    RemoveFromLobbyOperation,
    StartRecordingOperation,
    StartTranscriptionOperation,
    StopRecordingOperation,
    StopTranscriptionOperation,
)

_CALL = "/communications/calls/{call_id}"
_PARTICIPANT = _CALL + "/participants/{participant_id}"
_LACKING = CHINA | GOVERNMENT


def _meeting(name: str, does: str, path: str, docs: str, *follows: str) -> Verb:
    """Declare a verb that begins an operation of the meeting; the government clouds have it."""
    return replace(_beta(name, does, path, docs, *follows), permissions=(JOIN,), lacking=CHINA)


def _beta(name: str, does: str, path: str, docs: str, *follows: str) -> Verb:
    """Declare a beta verb that begins an operation."""
    return Verb(
        name=f"beta.{name}",
        does=does,
        method="POST",
        path=path,
        docs=docs,
        outcome=Outcome.OPERATION,
        follows=("operation ended", *follows),
        limits=(CLIENT_CONTEXT,),
        lacking=_LACKING,
        names_call="{participant_id}" not in path,
        version="beta",
    )


START_RECORDING = _meeting(
    "start_recording", "Start the meeting's recording", _CALL + "/startRecording", "call-startrecording"
)
STOP_RECORDING = _meeting(
    "stop_recording", "Stop the meeting's recording", _CALL + "/stopRecording", "call-stoprecording"
)
START_TRANSCRIPTION = _meeting(
    "start_transcription",
    "Start the meeting's transcription",
    _CALL + "/startTranscription",
    "call-starttranscription",
    "transcription",
)
STOP_TRANSCRIPTION = _meeting(
    "stop_transcription",
    "Stop the meeting's transcription",
    _CALL + "/stopTranscription",
    "call-stoptranscription",
    "transcription",
)
ADMIT_ALL_FROM_LOBBY = _beta(
    "admit_all_from_lobby",
    "Admit everybody who waits in the lobby",
    _CALL + "/participants/admitAllFromLobby",
    "resources/participant",
    "roster",
)
ADMIT_FROM_LOBBY = _beta(
    "admit_from_lobby",
    "Admit somebody from the lobby",
    _PARTICIPANT + "/admitFromLobby",
    "resources/participant",
    "roster",
)
REMOVE_FROM_LOBBY = _beta(
    "remove_from_lobby",
    "Send somebody away from the lobby",
    _PARTICIPANT + "/removeFromLobby",
    "resources/participant",
    "roster",
)
MUTE_ALL = _beta(
    "mute_all", "Mute many participants", _CALL + "/participants/muteAll", "participant-muteall", "roster"
)

VERBS = (
    START_RECORDING,
    STOP_RECORDING,
    START_TRANSCRIPTION,
    STOP_TRANSCRIPTION,
    ADMIT_ALL_FROM_LOBBY,
    ADMIT_FROM_LOBBY,
    REMOVE_FROM_LOBBY,
    MUTE_ALL,
)


class MeetingVerbs(VerbGroup):
    """Verbs about a meeting as a whole, and about those who wait to get in."""

    async def start_recording(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> StartRecordingOperation:
        """Start the meeting's recording."""
        return await self._begin(
            START_RECORDING, StartRecordingOperation, tenant, client_context, call_id=call_id
        )

    async def stop_recording(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> StopRecordingOperation:
        """Stop the meeting's recording."""
        return await self._begin(
            STOP_RECORDING, StopRecordingOperation, tenant, client_context, call_id=call_id
        )

    async def start_transcription(
        self, call_id: str, *, tenant: str | None, client_context: str, language: str | None = None
    ) -> StartTranscriptionOperation:
        """Start the meeting's transcription, in `language` ("en-us")."""
        return await self._begin(
            START_TRANSCRIPTION,
            StartTranscriptionOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(language=language),
        )

    async def stop_transcription(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> StopTranscriptionOperation:
        """Stop the meeting's transcription."""
        return await self._begin(
            STOP_TRANSCRIPTION, StopTranscriptionOperation, tenant, client_context, call_id=call_id
        )

    async def admit_all_from_lobby(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> AdmitAllFromLobbyOperation:
        """Admit everybody who waits in the lobby."""
        return await self._begin(
            ADMIT_ALL_FROM_LOBBY, AdmitAllFromLobbyOperation, tenant, client_context, call_id=call_id
        )

    async def admit_from_lobby(
        self, call_id: str, participant_id: str, *, tenant: str | None, client_context: str
    ) -> AdmitFromLobbyOperation:
        """Admit somebody from the lobby."""
        return await self._begin(
            ADMIT_FROM_LOBBY,
            AdmitFromLobbyOperation,
            tenant,
            client_context,
            call_id=call_id,
            participant_id=participant_id,
        )

    async def remove_from_lobby(
        self, call_id: str, participant_id: str, *, tenant: str | None, client_context: str
    ) -> RemoveFromLobbyOperation:
        """Send somebody away from the lobby."""
        return await self._begin(
            REMOVE_FROM_LOBBY,
            RemoveFromLobbyOperation,
            tenant,
            client_context,
            call_id=call_id,
            participant_id=participant_id,
        )

    async def mute_all(
        self, call_id: str, participants: Sequence[str], *, tenant: str | None, client_context: str
    ) -> MuteParticipantsOperation:
        """Mute many participants, by id."""
        return await self._begin(
            MUTE_ALL,
            MuteParticipantsOperation,
            tenant,
            client_context,
            call_id=call_id,
            body={"participants": list(participants)},
        )
