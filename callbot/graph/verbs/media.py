"""The verbs of a call's sound: prompts and tones."""

from collections.abc import Sequence

from callbot.graph.limits import CLIENT_CONTEXT, size
from callbot.graph.verb import Outcome, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup
from callbot.graph.verbs.permissions import ACCESS_MEDIA
from callbot.model import MediaInfo, MediaPrompt, PlayPromptOperation, SubscribeToToneOperation

PLAY_PROMPT = Verb(
    name="play_prompt",
    does="Play prompts, one after the other",
    method="POST",
    path="/communications/calls/{call_id}/playPrompt",
    docs="call-playprompt",
    outcome=Outcome.OPERATION,
    follows=("operation",),
    limits=(size("prompts", "prompts", 1, 20), CLIENT_CONTEXT),
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

VERBS = (PLAY_PROMPT, SUBSCRIBE_TO_TONE)


class MediaVerbs(VerbGroup):
    """Verbs about what is heard in a call whose media Graph hosts."""

    async def play_prompt(
        self, call_id: str, prompts: Sequence[MediaInfo], *, tenant: str | None, client_context: str
    ) -> PlayPromptOperation:
        """Play prompts: WAV, mono, 16-bit, 16 kHz, which Graph fetches without a token over https.

        https://learn.microsoft.com/graph/api/call-playprompt
        """
        return await self._begin(
            PLAY_PROMPT,
            PlayPromptOperation,
            tenant=tenant,
            ids={"call_id": call_id},
            client_context=client_context,
            body={"prompts": [MediaPrompt(media_info=prompt).to_wire() for prompt in prompts]},
        )

    async def subscribe_to_tone(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> SubscribeToToneOperation:
        """Have every key that is pressed reported, until the call ends.

        https://learn.microsoft.com/graph/api/call-subscribetotone
        """
        return await self._begin(
            SUBSCRIBE_TO_TONE,
            SubscribeToToneOperation,
            tenant=tenant,
            ids={"call_id": call_id},
            client_context=client_context,
        )
