"""The verbs of what is heard in a call whose media Graph hosts: prompts, recordings, tones."""

from collections.abc import Sequence

from callbot.graph.limits import CLIENT_CONTEXT, at_least, at_least_one, between, size
from callbot.graph.verb import ACCESS_MEDIA, CHINA, GOVERNMENT, Outcome, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup, given
from callbot.model import (
    CancelMediaProcessingOperation,
    MediaInfo,
    MediaPrompt,
    PlayPromptOperation,
    RecordOperation,
    SendDtmfTonesOperation,
    SubscribeToToneOperation,
    ToneName,
)

_OPERATION = ("operation ended",)

PLAY_PROMPT = Verb(
    name="play_prompt",
    does="Play prompts, one after the other",
    method="POST",
    path="/communications/calls/{call_id}/playPrompt",
    docs="call-playprompt",
    outcome=Outcome.OPERATION,
    follows=_OPERATION,
    limits=(size("prompts", "prompts", 1, 20), CLIENT_CONTEXT),
)
RECORD_RESPONSE = Verb(
    name="record_response",
    does="Record what somebody says",
    method="POST",
    path="/communications/calls/{call_id}/recordResponse",
    docs="call-record",
    permissions=(ACCESS_MEDIA,),
    outcome=Outcome.OPERATION,
    follows=_OPERATION,
    limits=(
        size("prompts", "prompt", 0, 1),
        between("initialSilenceTimeoutInSeconds", "seconds", 1, 120),
        between("maxSilenceTimeoutInSeconds", "seconds", 1, 120),
        between("maxRecordDurationInSeconds", "seconds", 1, 120),
        CLIENT_CONTEXT,
    ),
)
CANCEL_MEDIA_PROCESSING = Verb(
    name="cancel_media_processing",
    does="Cancel prompts and recordings, running and queued",
    method="POST",
    path="/communications/calls/{call_id}/cancelMediaProcessing",
    docs="call-cancelmediaprocessing",
    outcome=Outcome.OPERATION,
    follows=("operation ended, for each that was cancelled",),
    limits=(CLIENT_CONTEXT,),
    repeat=Repeat.FREELY,
)
SUBSCRIBE_TO_TONE = Verb(
    name="subscribe_to_tone",
    does="Have the keys people press reported",
    method="POST",
    path="/communications/calls/{call_id}/subscribeToTone",
    docs="call-subscribetotone",
    permissions=(ACCESS_MEDIA,),
    outcome=Outcome.OPERATION,
    follows=("tone",),
    limits=(CLIENT_CONTEXT,),
    repeat=Repeat.FREELY,
)
SEND_DTMF_TONES = Verb(
    name="send_dtmf_tones",
    does="Press keys for the others to hear",
    method="POST",
    path="/communications/calls/{call_id}/sendDtmfTones",
    docs="call-senddtmftones",
    outcome=Outcome.OPERATION,
    follows=_OPERATION,
    limits=(
        at_least_one("tones", "tone"),
        at_least("delayBetweenTonesMs", "milliseconds", 0),
        CLIENT_CONTEXT,
    ),
    lacking=CHINA | GOVERNMENT,
)

VERBS = (PLAY_PROMPT, RECORD_RESPONSE, CANCEL_MEDIA_PROCESSING, SUBSCRIBE_TO_TONE, SEND_DTMF_TONES)


class MediaVerbs(VerbGroup):
    """Verbs about what is heard. The end of an operation brings its `client_context` back."""

    async def play_prompt(
        self, call_id: str, prompts: Sequence[MediaInfo], *, tenant: str | None, client_context: str
    ) -> PlayPromptOperation:
        """Play prompts: WAV, mono, 16-bit, 16 kHz, which Graph fetches without a token over https.

        https://learn.microsoft.com/graph/api/call-playprompt
        """
        return await self._begin(
            PLAY_PROMPT,
            PlayPromptOperation,
            tenant,
            client_context,
            call_id=call_id,
            body={"prompts": [MediaPrompt(media_info=prompt).to_wire() for prompt in prompts]},
        )

    async def record_response(
        self,
        call_id: str,
        *,
        tenant: str | None,
        client_context: str,
        prompts: Sequence[MediaInfo] = (),
        barge_in_allowed: bool | None = None,
        initial_silence_timeout: int | None = None,
        max_silence_timeout: int | None = None,
        max_record_duration: int | None = None,
        play_beep: bool | None = None,
        stop_tones: Sequence[str] = (),
    ) -> RecordOperation:
        """Play a prompt, then record the answer; the operation's end says where it can be downloaded.

        Times are in seconds, 5 each when not given; nothing is recorded for longer than two minutes.
        `stop_tones` are keys as they are printed: "#", "1". A beep is played unless `play_beep` is False.
        https://learn.microsoft.com/graph/api/call-record
        """
        return await self._begin(
            RECORD_RESPONSE,
            RecordOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(
                prompts=[MediaPrompt(media_info=prompt) for prompt in prompts],
                bargeInAllowed=barge_in_allowed,
                initialSilenceTimeoutInSeconds=initial_silence_timeout,
                maxSilenceTimeoutInSeconds=max_silence_timeout,
                maxRecordDurationInSeconds=max_record_duration,
                playBeep=play_beep,
                stopTones=list(stop_tones),
            ),
        )

    async def cancel_media_processing(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> CancelMediaProcessingOperation:
        """Cancel every prompt and recording, running and queued; the subscription to tones goes on.

        https://learn.microsoft.com/graph/api/call-cancelmediaprocessing
        """
        return await self._begin(
            CANCEL_MEDIA_PROCESSING, CancelMediaProcessingOperation, tenant, client_context, call_id=call_id
        )

    async def subscribe_to_tone(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> SubscribeToToneOperation:
        """Have every key that is pressed reported, until the call ends.

        https://learn.microsoft.com/graph/api/call-subscribetotone
        """
        return await self._begin(
            SUBSCRIBE_TO_TONE, SubscribeToToneOperation, tenant, client_context, call_id=call_id
        )

    async def send_dtmf_tones(
        self,
        call_id: str,
        tones: Sequence[ToneName | str],
        *,
        tenant: str | None,
        client_context: str,
        delay_between_tones_ms: int | None = None,
    ) -> SendDtmfTonesOperation:
        """Press keys. `completion_reason` of the operation's end says whether that worked, not its status.

        https://learn.microsoft.com/graph/api/call-senddtmftones
        """
        return await self._begin(
            SEND_DTMF_TONES,
            SendDtmfTonesOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(tones=[str(tone) for tone in tones], delayBetweenTonesMs=delay_between_tones_ms),
        )
