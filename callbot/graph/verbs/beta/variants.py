"""Verbs of v1.0 that know more in the beta API, and the slide that is being shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from callbot.graph.outgoing import Callee, invitation
from callbot.graph.verb import CHINA, GOVERNMENT, Repeat, Verb
from callbot.graph.verbs.calls import CREATE_CALL
from callbot.graph.verbs.group import VerbGroup, given
from callbot.graph.verbs.incoming import REDIRECT
from callbot.graph.verbs.media import PLAY_PROMPT, RECORD_RESPONSE
from callbot.model import (
    CallResource,
    InvitationParticipantInfo,
    MediaInfo,
    MediaPrompt,
    PlayPromptOperation,
    RecordOperation,
)

_CALL = "/communications/calls/{call_id}"
_LACKING = CHINA | GOVERNMENT

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

VERBS = (BETA_CREATE_CALL, BETA_REDIRECT, BETA_PLAY_PROMPT, BETA_RECORD, CURRENT_SLIDE)


class VariantVerbs(VerbGroup):
    """Verbs with parameters that v1.0 does not have."""

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

    async def current_slide(self, call_id: str, content_sharing_id: str, *, tenant: str | None) -> bytes:
        """Read the slide that is being shown, as a PNG image."""
        ids = {"call_id": call_id, "content_sharing_id": content_sharing_id}
        return await self._funnel.read(CURRENT_SLIDE, tenant=tenant, ids=ids)
