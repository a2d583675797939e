"""The verbs of who hears whom and what is shared: audio routing groups, content sharing sessions."""

from collections.abc import Iterable, Mapping, Sequence

from callbot.errors import NotFound
from callbot.graph.limits import Limit, one_of
from callbot.graph.verb import CHINA, GOVERNMENT, INITIATE_GROUP, JOIN, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup, given, odata
from callbot.model import AudioRoutingGroup, ContentSharingSession, RoutingMode

_GROUPS = "/communications/calls/{call_id}/audioRoutingGroups"
_GROUP = _GROUPS + "/{group_id}"
_SESSIONS = "/communications/calls/{call_id}/contentSharingSessions"
_PERMISSIONS = (JOIN, INITIATE_GROUP)
_GLOBAL_ONLY = CHINA | GOVERNMENT


def _single_when_one_to_one(value: object, body: Mapping[str, object]) -> bool:
    return body.get("routingMode") != "oneToOne" or (isinstance(value, list) and len(value) == 1)


_LIMITS = (
    one_of("routingMode", "oneToOne", "multicast"),
    Limit("sources", "one participant where routing_mode is oneToOne", _single_when_one_to_one),
    Limit("receivers", "one participant where routing_mode is oneToOne", _single_when_one_to_one),
)

LIST_AUDIO_ROUTING_GROUPS = Verb(
    name="list_audio_routing_groups",
    does="Read who hears whom",
    method="GET",
    path=_GROUPS,
    docs="call-list-audioroutinggroups",
    permissions=_PERMISSIONS,
    repeat=Repeat.FREELY,
    lacking=_GLOBAL_ONLY,
)
CREATE_AUDIO_ROUTING_GROUP = Verb(
    name="create_audio_routing_group",
    does="Let some participants hear some others",
    method="POST",
    path=_GROUPS,
    docs="call-post-audioroutinggroups",
    permissions=_PERMISSIONS,
    limits=_LIMITS,
    lacking=_GLOBAL_ONLY,
)
GET_AUDIO_ROUTING_GROUP = Verb(
    name="get_audio_routing_group",
    does="Read one audio routing group",
    method="GET",
    path=_GROUP,
    docs="audioroutinggroup-get",
    permissions=_PERMISSIONS,
    repeat=Repeat.FREELY,
    lacking=_GLOBAL_ONLY,
    names_call=False,
)
UPDATE_AUDIO_ROUTING_GROUP = Verb(
    name="update_audio_routing_group",
    does="Change who hears whom",
    method="PATCH",
    path=_GROUP,
    docs="audioroutinggroup-update",
    permissions=_PERMISSIONS,
    limits=_LIMITS,
    repeat=Repeat.FREELY,
    lacking=_GLOBAL_ONLY,
    names_call=False,
)
DELETE_AUDIO_ROUTING_GROUP = Verb(
    name="delete_audio_routing_group",
    does="Remove an audio routing group",
    method="DELETE",
    path=_GROUP,
    docs="audioroutinggroup-delete",
    permissions=_PERMISSIONS,
    repeat=Repeat.FREELY,
    settled_by=(NotFound,),
    lacking=_GLOBAL_ONLY,
    names_call=False,
)
LIST_CONTENT_SHARING_SESSIONS = Verb(
    name="list_content_sharing_sessions",
    does="Read what is being shared",
    method="GET",
    path=_SESSIONS,
    docs="call-list-contentsharingsessions",
    repeat=Repeat.FREELY,
    lacking=_GLOBAL_ONLY,
)
GET_CONTENT_SHARING_SESSION = Verb(
    name="get_content_sharing_session",
    does="Read one content sharing session",
    method="GET",
    path=_SESSIONS + "/{content_sharing_id}",
    docs="contentsharingsession-get",
    repeat=Repeat.FREELY,
    lacking=_GLOBAL_ONLY,
    names_call=False,
)

VERBS = (
    LIST_AUDIO_ROUTING_GROUPS,
    CREATE_AUDIO_ROUTING_GROUP,
    GET_AUDIO_ROUTING_GROUP,
    UPDATE_AUDIO_ROUTING_GROUP,
    DELETE_AUDIO_ROUTING_GROUP,
    LIST_CONTENT_SHARING_SESSIONS,
    GET_CONTENT_SHARING_SESSION,
)


class RoutingVerbs(VerbGroup):
    """Verbs about who hears whom, and about what is shared. Sources and receivers are participant ids."""

    async def list_audio_routing_groups(
        self, call_id: str, *, tenant: str | None, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> list[AudioRoutingGroup]:
        """Read the groups. https://learn.microsoft.com/graph/api/call-list-audioroutinggroups."""
        return await self._list(
            LIST_AUDIO_ROUTING_GROUPS,
            AudioRoutingGroup,
            tenant=tenant,
            ids={"call_id": call_id},
            query=odata(select, expand),
        )

    async def create_audio_routing_group(
        self,
        call_id: str,
        group_id: str,
        *,
        tenant: str | None,
        mode: RoutingMode | str,
        sources: Sequence[str],
        receivers: Sequence[str],
    ) -> AudioRoutingGroup:
        """Let `receivers` hear `sources`; `group_id` is a name of the bot's choice.

        https://learn.microsoft.com/graph/api/call-post-audioroutinggroups
        """
        return await self._fetch(
            CREATE_AUDIO_ROUTING_GROUP,
            AudioRoutingGroup,
            tenant=tenant,
            ids={"call_id": call_id},
            body={"id": group_id, **_routes(mode, sources, receivers)},
        )

    async def get_audio_routing_group(
        self, call_id: str, group_id: str, *, tenant: str | None
    ) -> AudioRoutingGroup:
        """Read one group; raises `NotFound`. https://learn.microsoft.com/graph/api/audioroutinggroup-get."""
        return await self._fetch(
            GET_AUDIO_ROUTING_GROUP, AudioRoutingGroup, tenant=tenant, ids=_ids(call_id, group_id)
        )

    async def update_audio_routing_group(
        self,
        call_id: str,
        group_id: str,
        *,
        tenant: str | None,
        mode: RoutingMode | str,
        sources: Sequence[str],
        receivers: Sequence[str],
    ) -> AudioRoutingGroup:
        """Set anew who hears whom. https://learn.microsoft.com/graph/api/audioroutinggroup-update."""
        return await self._fetch(
            UPDATE_AUDIO_ROUTING_GROUP,
            AudioRoutingGroup,
            tenant=tenant,
            ids=_ids(call_id, group_id),
            body=_routes(mode, sources, receivers),
        )

    async def delete_audio_routing_group(self, call_id: str, group_id: str, *, tenant: str | None) -> None:
        """Remove a group. https://learn.microsoft.com/graph/api/audioroutinggroup-delete."""
        await self._funnel.send(DELETE_AUDIO_ROUTING_GROUP, tenant=tenant, ids=_ids(call_id, group_id))

    async def list_content_sharing_sessions(
        self, call_id: str, *, tenant: str | None, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> list[ContentSharingSession]:
        """Read what is being shared. https://learn.microsoft.com/graph/api/call-list-contentsharingsessions."""
        return await self._list(
            LIST_CONTENT_SHARING_SESSIONS,
            ContentSharingSession,
            tenant=tenant,
            ids={"call_id": call_id},
            query=odata(select, expand),
        )

    async def get_content_sharing_session(
        self, call_id: str, content_sharing_id: str, *, tenant: str | None
    ) -> ContentSharingSession:
        """Read one of them; raises `NotFound`. https://learn.microsoft.com/graph/api/contentsharingsession-get."""
        return await self._fetch(
            GET_CONTENT_SHARING_SESSION,
            ContentSharingSession,
            tenant=tenant,
            ids={"call_id": call_id, "content_sharing_id": content_sharing_id},
        )


def _ids(call_id: str, group_id: str) -> dict[str, str]:
    return {"call_id": call_id, "group_id": group_id}


def _routes(mode: RoutingMode | str, sources: Sequence[str], receivers: Sequence[str]) -> dict[str, object]:
    return given(routingMode=str(mode), sources=list(sources), receivers=list(receivers))
