"""The verbs of a call that rings. Graph gives the bot 15 seconds for one of them."""

from collections.abc import Iterable, Sequence

from callbot.errors import CallNotFound, CallStateConflict
from callbot.graph.limits import CALLBACK_URI, at_least, between, one_of, size
from callbot.graph.outgoing import Callee, invitation
from callbot.graph.verb import (
    ACCESS_MEDIA,
    GOVERNMENT,
    INITIATE,
    JOIN,
    JOIN_AS_GUEST,
    Outcome,
    Repeat,
    Verb,
)
from callbot.graph.verbs.group import VerbGroup, given
from callbot.model import (
    CallOptions,
    InvitationParticipantInfo,
    MediaConfig,
    Modality,
    RejectReason,
    ServiceHostedMediaConfig,
)

ANSWER = Verb(
    name="answer",
    does="Take an incoming call",
    method="POST",
    path="/communications/calls/{call_id}/answer",
    docs="call-answer",
    permissions=(JOIN, JOIN_AS_GUEST, ACCESS_MEDIA),
    outcome=Outcome.NOTIFICATIONS,
    follows=("establishing", "established"),
    limits=(CALLBACK_URI, at_least("participantCapacity", "participants", 1)),
    repeat=Repeat.FREELY,
    settled_by=(CallStateConflict,),
    gaps={"callOptions": GOVERNMENT, "participantCapacity": GOVERNMENT},
)
REJECT = Verb(
    name="reject",
    does="Refuse an incoming call",
    method="POST",
    path="/communications/calls/{call_id}/reject",
    docs="call-reject",
    outcome=Outcome.NOTIFICATIONS,
    follows=("terminated",),
    limits=(one_of("reason", "none", "busy", "forbidden"), CALLBACK_URI),
    repeat=Repeat.FREELY,
    settled_by=(CallNotFound, CallStateConflict),
)
REDIRECT = Verb(
    name="redirect",
    does="Send an incoming call on, to one or to many at once",
    method="POST",
    path="/communications/calls/{call_id}/redirect",
    docs="call-redirect",
    permissions=(INITIATE,),
    outcome=Outcome.NOTIFICATIONS,
    follows=("terminated",),
    limits=(size("targets", "targets", 1, 25), between("timeout", "seconds", 15, 90), CALLBACK_URI),
    repeat=Repeat.FREELY,
    settled_by=(CallStateConflict,),
    gaps={"targets.hidden": GOVERNMENT},
)

VERBS = (ANSWER, REJECT, REDIRECT)


class IncomingVerbs(VerbGroup):
    """Verbs about a call that nobody has answered yet."""

    async def answer(
        self,
        call_id: str,
        *,
        tenant: str | None,
        callback_uri: str,
        modalities: Iterable[Modality | str] = (Modality.AUDIO,),
        media_config: MediaConfig | None = None,
        participant_capacity: int | None = None,
        call_options: CallOptions | None = None,
    ) -> None:
        """Take an incoming call, within 15 seconds of its callback (5 for a policy-recording bot).

        `media_config` is service-hosted media when not given. `participant_capacity` is how many
        participants one policy-recording call looks after. https://learn.microsoft.com/graph/api/call-answer
        """
        body = given(
            callbackUri=callback_uri,
            acceptedModalities=[str(modality) for modality in modalities],
            mediaConfig=media_config if media_config is not None else ServiceHostedMediaConfig(),
            participantCapacity=participant_capacity,
            callOptions=call_options,
        )
        await self._funnel.send(ANSWER, tenant=tenant, ids={"call_id": call_id}, body=body)

    async def reject(
        self,
        call_id: str,
        *,
        tenant: str | None,
        reason: RejectReason | str = RejectReason.NONE,
        callback_uri: str | None = None,
    ) -> None:
        """Refuse an incoming call that was not answered. https://learn.microsoft.com/graph/api/call-reject."""
        body = given(reason=str(reason), callbackUri=callback_uri)
        await self._funnel.send(REJECT, tenant=tenant, ids={"call_id": call_id}, body=body)

    async def redirect(
        self,
        call_id: str,
        to: Sequence[Callee | InvitationParticipantInfo],
        *,
        tenant: str | None,
        timeout: int | None = None,  # noqa: ASYNC109 - how long it rings there, not how long this waits
        callback_uri: str | None = None,
    ) -> None:
        """Send an incoming call on: to one, or to up to 25 who ring at once.

        `timeout` is how long it rings there, in seconds; 55 for one and 60 for many when not given.
        https://learn.microsoft.com/graph/api/call-redirect
        """
        body = given(targets=[invitation(one) for one in to], timeout=timeout, callbackUri=callback_uri)
        await self._funnel.send(REDIRECT, tenant=tenant, ids={"call_id": call_id}, body=body)
