"""The verbs of the others in a group call: who they are, inviting, muting, removing, hold music."""

from collections.abc import Iterable, Mapping, Sequence

from callbot.errors import NotFound
from callbot.graph.limits import CLIENT_CONTEXT, Limit, size
from callbot.graph.outgoing import Callee, invitation
from callbot.graph.verb import GOVERNMENT, INITIATE_GROUP, JOIN, JOIN_AS_GUEST, Outcome, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup, given, odata
from callbot.model import (
    InvitationParticipantInfo,
    InviteParticipantsOperation,
    MediaInfo,
    MediaPrompt,
    MuteParticipantOperation,
    Participant,
    StartHoldMusicOperation,
    StopHoldMusicOperation,
)

_PARTICIPANT = "/communications/calls/{call_id}/participants/{participant_id}"


def _alone_when_replacing(value: object, _: Mapping[str, object]) -> bool:
    """A replaced call has one other side: of several invitations Graph would take the first only."""
    people = value if isinstance(value, list) else []
    return len(people) <= 1 or not any(one.get("replacesCallId") for one in people)


LIST_PARTICIPANTS = Verb(
    name="list_participants",
    does="Read the roster",
    method="GET",
    path="/communications/calls/{call_id}/participants",
    docs="call-list-participants",
    repeat=Repeat.FREELY,
)
GET_PARTICIPANT = Verb(
    name="get_participant",
    does="Read one participant",
    method="GET",
    path=_PARTICIPANT,
    docs="participant-get",
    repeat=Repeat.FREELY,
    names_call=False,
)
INVITE = Verb(
    name="invite",
    does="Invite people to a group call",
    method="POST",
    path="/communications/calls/{call_id}/participants/invite",
    docs="participant-invite",
    permissions=(INITIATE_GROUP,),
    outcome=Outcome.OPERATION,
    follows=("operation ended", "roster"),
    limits=(
        size("participants", "participants", 1, 5),
        Limit("participants", "one participant where it replaces a call", _alone_when_replacing),
        CLIENT_CONTEXT,
    ),
    gaps={
        "participants.hidden": GOVERNMENT,
        "participants.participantId": GOVERNMENT,
        "participants.removeFromDefaultAudioRoutingGroup": GOVERNMENT,
    },
)
MUTE_PARTICIPANT = Verb(
    name="mute_participant",
    does="Mute a participant",
    method="POST",
    path=_PARTICIPANT + "/mute",
    docs="participant-mute",
    outcome=Outcome.OPERATION,
    follows=("roster",),
    limits=(CLIENT_CONTEXT,),
    repeat=Repeat.FREELY,
    names_call=False,
)
REMOVE_PARTICIPANT = Verb(
    name="remove_participant",
    does="Remove a participant, or take an invitation back",
    method="DELETE",
    path=_PARTICIPANT,
    docs="participant-delete",
    permissions=(JOIN, JOIN_AS_GUEST),
    outcome=Outcome.NOTIFICATIONS,
    follows=("roster",),
    repeat=Repeat.FREELY,
    settled_by=(NotFound,),
    names_call=False,
)
START_HOLD_MUSIC = Verb(
    name="start_hold_music",
    does="Put a participant on hold",
    method="POST",
    path=_PARTICIPANT + "/startHoldMusic",
    docs="participant-startholdmusic",
    outcome=Outcome.OPERATION,
    follows=("operation ended",),
    limits=(CLIENT_CONTEXT,),
    names_call=False,
)
STOP_HOLD_MUSIC = Verb(
    name="stop_hold_music",
    does="Take a participant off hold",
    method="POST",
    path=_PARTICIPANT + "/stopHoldMusic",
    docs="participant-stopholdmusic",
    outcome=Outcome.OPERATION,
    follows=("operation ended",),
    limits=(CLIENT_CONTEXT,),
    names_call=False,
)

VERBS = (
    LIST_PARTICIPANTS,
    GET_PARTICIPANT,
    INVITE,
    MUTE_PARTICIPANT,
    REMOVE_PARTICIPANT,
    START_HOLD_MUSIC,
    STOP_HOLD_MUSIC,
)


class ParticipantVerbs(VerbGroup):
    """Verbs about who else is in a call. https://learn.microsoft.com/graph/api/resources/participant."""

    async def list_participants(
        self, call_id: str, *, tenant: str | None, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> list[Participant]:
        """Read the roster. A plain one-to-one call has none: the list is empty then.

        https://learn.microsoft.com/graph/api/call-list-participants
        """
        return await self._list(
            LIST_PARTICIPANTS,
            Participant,
            tenant=tenant,
            ids={"call_id": call_id},
            query=odata(select, expand),
        )

    async def get_participant(
        self,
        call_id: str,
        participant_id: str,
        *,
        tenant: str | None,
        select: Iterable[str] = (),
        expand: Iterable[str] = (),
    ) -> Participant:
        """Read one participant; raises `NotFound`. https://learn.microsoft.com/graph/api/participant-get."""
        return await self._fetch(
            GET_PARTICIPANT,
            Participant,
            tenant=tenant,
            ids=_ids(call_id, participant_id),
            query=odata(select, expand),
        )

    async def invite(
        self,
        call_id: str,
        people: Sequence[Callee | InvitationParticipantInfo],
        *,
        tenant: str | None,
        client_context: str,
    ) -> InviteParticipantsOperation:
        """Invite up to five people. An invitation with `replaces_call_id` brings over a one-to-one call.

        https://learn.microsoft.com/graph/api/participant-invite
        """
        return await self._begin(
            INVITE,
            InviteParticipantsOperation,
            tenant,
            client_context,
            call_id=call_id,
            body=given(participants=[invitation(one) for one in people]),
        )

    async def mute_participant(
        self, call_id: str, participant_id: str, *, tenant: str | None, client_context: str
    ) -> MuteParticipantOperation:
        """Mute a participant; they alone can unmute. https://learn.microsoft.com/graph/api/participant-mute."""
        return await self._begin(
            MUTE_PARTICIPANT,
            MuteParticipantOperation,
            tenant,
            client_context,
            call_id=call_id,
            participant_id=participant_id,
        )

    async def remove_participant(self, call_id: str, participant_id: str, *, tenant: str | None) -> None:
        """Remove a participant, or take back an invitation nobody followed yet.

        The tenant has to allow it to the app (`Set-CsApplicationMeetingConfiguration
        -AllowRemoveParticipantAppIds`), else it is denied.
        https://learn.microsoft.com/graph/api/participant-delete
        """
        await self._funnel.send(REMOVE_PARTICIPANT, tenant=tenant, ids=_ids(call_id, participant_id))

    async def start_hold_music(
        self,
        call_id: str,
        participant_id: str,
        *,
        tenant: str | None,
        client_context: str,
        custom_prompt: MediaInfo | None = None,
    ) -> StartHoldMusicOperation:
        """Put a participant on hold, with music of your own or Graph's; one participant at a time.

        https://learn.microsoft.com/graph/api/participant-startholdmusic
        """
        prompt = None if custom_prompt is None else MediaPrompt(media_info=custom_prompt)
        return await self._begin(
            START_HOLD_MUSIC,
            StartHoldMusicOperation,
            tenant,
            client_context,
            call_id=call_id,
            participant_id=participant_id,
            body=given(customPrompt=prompt),
        )

    async def stop_hold_music(
        self, call_id: str, participant_id: str, *, tenant: str | None, client_context: str
    ) -> StopHoldMusicOperation:
        """Take a participant off hold. https://learn.microsoft.com/graph/api/participant-stopholdmusic."""
        return await self._begin(
            STOP_HOLD_MUSIC,
            StopHoldMusicOperation,
            tenant,
            client_context,
            call_id=call_id,
            participant_id=participant_id,
        )


def _ids(call_id: str, participant_id: str) -> dict[str, str]:
    return {"call_id": call_id, "participant_id": participant_id}
