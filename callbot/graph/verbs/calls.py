"""The verbs of a call itself: place it, read it, answer, reject, keep it alive, leave it."""

from collections.abc import Iterable, Mapping

from callbot.errors import CallNotFound, CallStateConflict
from callbot.graph.limits import CALLBACK_URI, between, size
from callbot.graph.verb import GOVERNMENT, Outcome, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup, given, odata
from callbot.graph.verbs.permissions import ACCESS_MEDIA, INITIATE, INITIATE_GROUP, JOIN, JOIN_AS_GUEST
from callbot.model import (
    CallOptions,
    CallResource,
    MediaConfig,
    Modality,
    RejectReason,
    ServiceHostedMediaConfig,
)

CREATE_CALL = Verb(
    name="create_call",
    does="Place a call, or join a meeting",
    method="POST",
    path="/communications/calls",
    docs="application-post-calls",
    permissions=(INITIATE, INITIATE_GROUP, JOIN, JOIN_AS_GUEST, ACCESS_MEDIA),
    outcome=Outcome.NOTIFICATIONS,
    follows=("establishing", "established", "participants", "terminated"),
    limits=(
        CALLBACK_URI,
        size("targets", "people", 0, 5),
        between("ringingTimeoutInSeconds", "seconds", 1, 115),
    ),
    names_call=False,
)
GET_CALL = Verb(
    name="get_call",
    does="Read a call as it is now",
    method="GET",
    path="/communications/calls/{call_id}",
    docs="call-get",
    repeat=Repeat.FREELY,
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
    limits=(CALLBACK_URI, between("participantCapacity", "participants", 1, 2**31 - 1)),
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
    limits=(CALLBACK_URI,),
    repeat=Repeat.FREELY,
    settled_by=(CallNotFound, CallStateConflict),
)
KEEP_ALIVE = Verb(
    name="keep_alive",
    does="Keep a call from being ended after 45 minutes",
    method="POST",
    path="/communications/calls/{call_id}/keepAlive",
    docs="call-keepalive",
    repeat=Repeat.FREELY,
)
HANG_UP = Verb(
    name="hang_up",
    does="Leave a call",
    method="DELETE",
    path="/communications/calls/{call_id}",
    docs="call-delete",
    outcome=Outcome.NOTIFICATIONS,
    follows=("terminating", "terminated"),
    repeat=Repeat.FREELY,
    settled_by=(CallNotFound,),
)

VERBS = (CREATE_CALL, GET_CALL, ANSWER, REJECT, KEEP_ALIVE, HANG_UP)


class CallVerbs(VerbGroup):
    """Verbs about a call as a whole. https://learn.microsoft.com/graph/api/resources/call."""

    async def create_call(
        self, body: Mapping[str, object], *, tenant: str | None, scenario_id: str | None = None
    ) -> CallResource:
        """Place a call with a whole request body; the functions of `callbot.graph.outgoing` make one.

        Never repeated when its answer was lost: that could call people twice. `scenario_id` comes back in
        the header of every callback of the call.
        https://learn.microsoft.com/graph/api/application-post-calls
        """
        return await self._fetch(CREATE_CALL, CallResource, tenant=tenant, body=body, scenario_id=scenario_id)

    async def get_call(
        self,
        call_id: str,
        *,
        tenant: str | None,
        select: Iterable[str] = (),
        expand: Iterable[str] = (),
    ) -> CallResource:
        """Read a call. `select` names properties to return, `expand` related resources to include.

        Raises `CallNotFound` when the call is over. https://learn.microsoft.com/graph/api/call-get
        """
        query = odata(select, expand) if select or expand else None
        return await self._fetch(GET_CALL, CallResource, tenant=tenant, ids={"call_id": call_id}, query=query)

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

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        """Tell Graph that the bot still looks after the call: at least every 45 minutes, better every 15.

        https://learn.microsoft.com/graph/api/call-keepalive
        """
        await self._funnel.send(KEEP_ALIVE, tenant=tenant, ids={"call_id": call_id})

    async def hang_up(self, call_id: str, *, tenant: str | None) -> None:
        """Leave the call; others in it go on. https://learn.microsoft.com/graph/api/call-delete."""
        await self._funnel.send(HANG_UP, tenant=tenant, ids={"call_id": call_id})
