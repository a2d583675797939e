"""The verbs that only the beta API has. Microsoft may change them at any time.

That the government clouds lack what is not about recording or transcription is an assumption: nothing says
that they have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from callbot.graph.limits import CLIENT_CONTEXT
from callbot.graph.outgoing import Callee, invitation
from callbot.graph.verb import CHINA, GOVERNMENT, JOIN, Outcome, Repeat, Verb
from callbot.graph.verbs.calls import CREATE_CALL
from callbot.graph.verbs.group import VerbGroup, given
from callbot.graph.verbs.incoming import REDIRECT
from callbot.graph.verbs.media import PLAY_PROMPT, RECORD_RESPONSE
from callbot.model import (
    AdmitAllFromLobbyOperation,
    AdmitFromLobbyOperation,
    CallResource,
    InvitationParticipantInfo,
    MediaInfo,
    MediaPrompt,
    MuteParticipantsOperation,
    PlayPromptOperation,
    RecordOperation,
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


BETA_CREATE_CALL = replace(CREATE_CALL, name="beta.create_call", version="beta", lacking=_LACKING)
BETA_REDIRECT = replace(REDIRECT, name="beta.redirect", version="beta", lacking=_LACKING)
BETA_PLAY_PROMPT = replace(PLAY_PROMPT, name="beta.play_prompt", version="beta", lacking=_LACKING)
BETA_RECORD = replace(
    RECORD_RESPONSE,
    name="beta.record",
    does="Record what somebody says, and stream it meanwhile (deprecated)",
    path=_CALL + "/record",
    version="beta",
    lacking=_LACKING,
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
CURRENT_SLIDE = Verb(
    name="beta.current_slide",
    does="Read the slide that is being shown, as a PNG image",
    method="GET",
    path=_CALL + "/contentSharingSessions/{content_sharing_id}/pngOfCurrentSlide",
    docs="contentsharingsession-get",
    repeat=Repeat.FREELY,
    lacking=_LACKING,
    names_call=False,
    version="beta",
)

VERBS = (
    BETA_CREATE_CALL,
    BETA_REDIRECT,
    BETA_PLAY_PROMPT,
    BETA_RECORD,
    START_RECORDING,
    STOP_RECORDING,
    START_TRANSCRIPTION,
    STOP_TRANSCRIPTION,
    ADMIT_ALL_FROM_LOBBY,
    ADMIT_FROM_LOBBY,
    REMOVE_FROM_LOBBY,
    MUTE_ALL,
    CURRENT_SLIDE,
)


class BetaVerbs(VerbGroup):
    """The verbs of the beta API: not for production, in Microsoft's own words."""

    async def create_call(
        self, body: Mapping[str, object], *, tenant: str | None, scenario_id: str | None = None
    ) -> CallResource:
        """Place a call with what only beta knows: the time it may ring, routing policies."""
        return await self._fetch(
            BETA_CREATE_CALL, CallResource, tenant=tenant, body=body, scenario_id=scenario_id
        )

    async def redirect(
        self,
        call_id: str,
        to: Sequence[Callee | InvitationParticipantInfo],
        *,
        tenant: str | None,
        timeout: int | None = None,  # noqa: ASYNC109 - how long it rings there, not how long this waits
        callback_uri: str | None = None,
        mask_callee: bool | None = None,
        mask_caller: bool | None = None,
    ) -> None:
        """Send an incoming call on, hiding either side from the other."""
        body = given(
            targets=[invitation(one) for one in to],
            timeout=timeout,
            callbackUri=callback_uri,
            maskCallee=mask_callee,
            maskCaller=mask_caller,
        )
        await self._funnel.send(BETA_REDIRECT, tenant=tenant, ids={"call_id": call_id}, body=body)

    async def play_prompt(
        self,
        call_id: str,
        prompts: Sequence[MediaInfo],
        *,
        tenant: str | None,
        client_context: str,
        loop: bool | None = None,
    ) -> PlayPromptOperation:
        """Play prompts, again and again with `loop`."""
        return await self._begin(
            BETA_PLAY_PROMPT,
            PlayPromptOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(prompts=[MediaPrompt(media_info=prompt) for prompt in prompts], loop=loop),
        )

    async def record(
        self,
        call_id: str,
        *,
        tenant: str | None,
        client_context: str,
        prompts: Sequence[MediaInfo] = (),
        max_record_duration: int | None = None,
        stream_while_recording: bool | None = None,
    ) -> RecordOperation:
        """Record what somebody says and stream it meanwhile. Deprecated: use `record_response`."""
        return await self._begin(
            BETA_RECORD,
            RecordOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(
                prompts=[MediaPrompt(media_info=prompt) for prompt in prompts],
                maxRecordDurationInSeconds=max_record_duration,
                streamWhileRecording=stream_while_recording,
            ),
        )

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

    async def current_slide(self, call_id: str, content_sharing_id: str, *, tenant: str | None) -> bytes:
        """Read the slide that is being shown, as a PNG image."""
        ids = {"call_id": call_id, "content_sharing_id": content_sharing_id}
        return await self._funnel.read(CURRENT_SLIDE, tenant=tenant, ids=ids)
