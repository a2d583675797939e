"""The verbs of a call as a whole: place it, read it, pass it on, keep it alive, leave it."""

from collections.abc import Iterable, Mapping

from callbot.errors import CallNotFound
from callbot.graph.limits import CALLBACK_URI, CLIENT_CONTEXT, between, size
from callbot.graph.outgoing import Callee, invitation
from callbot.graph.verb import (
    ACCESS_MEDIA,
    GOVERNMENT,
    INITIATE,
    INITIATE_GROUP,
    JOIN,
    JOIN_AS_GUEST,
    Outcome,
    Repeat,
    Verb,
)
from callbot.graph.verbs.group import VerbGroup, given, odata
from callbot.model import CallResource, InvitationParticipantInfo, ParticipantInfo

CREATE_CALL = Verb(
    name="create_call",
    does="Place a call, or join a meeting",
    method="POST",
    path="/communications/calls",
    docs="application-post-calls",
    permissions=(INITIATE, INITIATE_GROUP, JOIN, JOIN_AS_GUEST, ACCESS_MEDIA),
    outcome=Outcome.NOTIFICATIONS,
    follows=("establishing", "established", "roster", "terminated"),
    limits=(
        CALLBACK_URI,
        size("targets", "people", 0, 5),
        between("ringingTimeoutInSeconds", "seconds", 1, 115),
    ),
    gaps={"callOptions": GOVERNMENT, "targets.hidden": GOVERNMENT},
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
TRANSFER = Verb(
    name="transfer",
    does="Pass a call on to somebody else",
    method="POST",
    path="/communications/calls/{call_id}/transfer",
    docs="call-transfer",
    permissions=(INITIATE,),
    outcome=Outcome.NOTIFICATIONS,
    follows=("transferring", "transferAccepted", "terminated", "established when it failed"),
    limits=(CLIENT_CONTEXT,),
    gaps={"transferee": GOVERNMENT, "transferTarget.hidden": GOVERNMENT},
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

VERBS = (CREATE_CALL, GET_CALL, TRANSFER, KEEP_ALIVE, HANG_UP)


class CallVerbs(VerbGroup):
    """Verbs about a call as a whole. https://learn.microsoft.com/graph/api/resources/call."""

    async def create_call(
        self, body: Mapping[str, object], *, tenant: str | None, scenario_id: str | None = None
    ) -> CallResource:
        """Place a call with a whole request body; `peer_to_peer`, `group_call` and `meeting_call` make one.

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

    async def transfer(
        self,
        call_id: str,
        to: Callee | InvitationParticipantInfo,
        *,
        tenant: str | None,
        replaces_call_id: str | None = None,
        transferee: ParticipantInfo | None = None,
        client_context: str | None = None,
    ) -> None:
        """Pass an established call on to `to`; what becomes of it comes in notifications.

        A consultative transfer names in `replaces_call_id` the call with `to` that the new one replaces.
        In a group call `transferee` says who is passed on, with identity and participant id.
        https://learn.microsoft.com/graph/api/call-transfer
        """
        body = given(
            transferTarget=invitation(to, replaces_call_id=replaces_call_id),
            transferee=transferee,
            clientContext=client_context,
        )
        await self._funnel.send(TRANSFER, tenant=tenant, ids={"call_id": call_id}, body=body)

    async def keep_alive(self, call_id: str, *, tenant: str | None) -> None:
        """Tell Graph that the bot still looks after the call: at least every 45 minutes, better every 15.

        https://learn.microsoft.com/graph/api/call-keepalive
        """
        await self._funnel.send(KEEP_ALIVE, tenant=tenant, ids={"call_id": call_id})

    async def hang_up(self, call_id: str, *, tenant: str | None) -> None:
        """Leave the call; others in it go on. https://learn.microsoft.com/graph/api/call-delete."""
        await self._funnel.send(HANG_UP, tenant=tenant, ids={"call_id": call_id})
