"""The door to what only the beta API can do."""

from collections.abc import Iterable

from callbot.bot.line import patience
from callbot.bot.line.prompts import Prompt, prompts_media
from callbot.bot.parts.part import Part
from callbot.bot.parts.participants import Who, participant_id
from callbot.bot.parts.recording import Recording
from callbot.graph import Callee
from callbot.model import (
    AdmitAllFromLobbyOperation,
    AdmitFromLobbyOperation,
    InvitationParticipantInfo,
    MuteParticipantsOperation,
    PlayPromptOperation,
    RecordOperation,
    RemoveFromLobbyOperation,
    StartRecordingOperation,
    StartTranscriptionOperation,
    StopRecordingOperation,
    StopTranscriptionOperation,
)


class BetaVerbs(Part):
    """Verbs of the beta API, which Microsoft may change at any time and does not support in production.

    Each returns when its operation has ended, within `limit` seconds; `wait=False` returns at once.
    https://learn.microsoft.com/graph/api/resources/communications-api-overview?view=graph-rest-beta
    """

    async def play(
        self, *prompts: Prompt, loop: bool = True, wait: bool = False, limit: float = patience.PLAY
    ) -> PlayPromptOperation:
        """Play prompts again and again until `cancel_media`; so by default nobody waits for their end."""
        line = self._line
        media = await prompts_media(line.desk.prompts, prompts)
        return await line.operate(
            "beta.play",
            PlayPromptOperation,
            lambda context: self._graph.beta.play_prompt(
                line.id, media, tenant=line.tenant, client_context=context, loop=loop
            ),
            wait=wait,
            limit=limit,
        )

    async def record(
        self,
        *prompts: Prompt,
        max_duration: int | None = None,
        stream_while_recording: bool | None = None,
        wait: bool = True,
        limit: float = patience.RECORD,
    ) -> Recording:
        """Record what somebody says and stream it meanwhile. Deprecated: use `call.record`."""
        line = self._line
        media = await prompts_media(line.desk.prompts, prompts)
        operation = await line.operate(
            "beta.record",
            RecordOperation,
            lambda context: self._graph.beta.record(
                line.id,
                tenant=line.tenant,
                client_context=context,
                prompts=media,
                max_record_duration=max_duration,
                stream_while_recording=stream_while_recording,
            ),
            wait=wait,
            limit=limit,
            takes=max_duration or 0,
        )
        return Recording(line.id, operation, self._graph.recordings)

    async def redirect(
        self,
        *to: Callee | InvitationParticipantInfo,
        timeout: int | None = None,  # noqa: ASYNC109 - how long it rings there, not how long this waits
        mask_callee: bool | None = None,
        mask_caller: bool | None = None,
    ) -> None:
        """Send an incoming call on, hiding either side from the other; `on_terminated` tells the outcome."""
        line = self._line
        await line.ask(
            self._graph.beta.redirect(
                line.id,
                to,
                tenant=line.tenant,
                timeout=timeout,
                callback_uri=line.desk.settings.callback_url,
                mask_callee=mask_callee,
                mask_caller=mask_caller,
            )
        )

    async def start_recording(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> StartRecordingOperation:
        """Start the meeting's recording."""
        line = self._line
        return await line.operate(
            "beta.start_recording",
            StartRecordingOperation,
            lambda context: self._graph.beta.start_recording(
                line.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def stop_recording(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> StopRecordingOperation:
        """Stop the meeting's recording."""
        line = self._line
        return await line.operate(
            "beta.stop_recording",
            StopRecordingOperation,
            lambda context: self._graph.beta.stop_recording(
                line.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def start_transcription(
        self, language: str | None = None, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> StartTranscriptionOperation:
        """Start the meeting's transcription, in `language` ("en-us")."""
        line = self._line
        return await line.operate(
            "beta.start_transcription",
            StartTranscriptionOperation,
            lambda context: self._graph.beta.start_transcription(
                line.id, tenant=line.tenant, client_context=context, language=language
            ),
            wait=wait,
            limit=limit,
        )

    async def stop_transcription(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> StopTranscriptionOperation:
        """Stop the meeting's transcription."""
        line = self._line
        return await line.operate(
            "beta.stop_transcription",
            StopTranscriptionOperation,
            lambda context: self._graph.beta.stop_transcription(
                line.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def admit_all_from_lobby(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> AdmitAllFromLobbyOperation:
        """Admit everybody who waits in the lobby."""
        line = self._line
        return await line.operate(
            "beta.admit_all_from_lobby",
            AdmitAllFromLobbyOperation,
            lambda context: self._graph.beta.admit_all_from_lobby(
                line.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def admit_from_lobby(
        self, participant: Who, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> AdmitFromLobbyOperation:
        """Admit somebody from the lobby."""
        line, identifier = self._line, participant_id(participant)
        return await line.operate(
            "beta.admit_from_lobby",
            AdmitFromLobbyOperation,
            lambda context: self._graph.beta.admit_from_lobby(
                line.id, identifier, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def remove_from_lobby(
        self, participant: Who, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> RemoveFromLobbyOperation:
        """Send somebody away from the lobby."""
        line, identifier = self._line, participant_id(participant)
        return await line.operate(
            "beta.remove_from_lobby",
            RemoveFromLobbyOperation,
            lambda context: self._graph.beta.remove_from_lobby(
                line.id, identifier, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def mute_all(
        self, participants: Iterable[Who], *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> MuteParticipantsOperation:
        """Mute many participants at once."""
        line, identifiers = self._line, [participant_id(one) for one in participants]
        return await line.operate(
            "beta.mute_all",
            MuteParticipantsOperation,
            lambda context: self._graph.beta.mute_all(
                line.id, identifiers, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def current_slide(self, content_sharing_id: str) -> bytes:
        """Return the slide that is being shown, as a PNG image."""
        return await self._line.ask(
            self._graph.beta.current_slide(self._line.id, content_sharing_id, tenant=self._line.tenant)
        )
