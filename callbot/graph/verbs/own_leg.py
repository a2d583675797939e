"""The verbs of the bot's own part in a group call: its microphone, its screen, its recording."""

from callbot.graph.limits import CLIENT_CONTEXT, one_of
from callbot.graph.verb import (
    ACCESS_MEDIA,
    CHINA,
    GOVERNMENT,
    INITIATE_GROUP,
    JOIN,
    JOIN_AS_GUEST,
    Outcome,
    Repeat,
    Verb,
)
from callbot.graph.verbs.group import VerbGroup
from callbot.model import (
    AddLargeGalleryViewOperation,
    MuteParticipantOperation,
    RecordingStatus,
    ScreenSharingRole,
    UnmuteParticipantOperation,
    UpdateRecordingStatusOperation,
)

_ROSTER = ("roster",)

MUTE = Verb(
    name="mute",
    does="Mute the bot in a group call",
    method="POST",
    path="/communications/calls/{call_id}/mute",
    docs="call-mute",
    outcome=Outcome.OPERATION,
    follows=_ROSTER,
    limits=(CLIENT_CONTEXT,),
    repeat=Repeat.FREELY,
)
UNMUTE = Verb(
    name="unmute",
    does="Unmute the bot in a group call",
    method="POST",
    path="/communications/calls/{call_id}/unmute",
    docs="call-unmute",
    outcome=Outcome.OPERATION,
    follows=_ROSTER,
    limits=(CLIENT_CONTEXT,),
    repeat=Repeat.FREELY,
)
CHANGE_SCREEN_SHARING_ROLE = Verb(
    name="change_screen_sharing_role",
    does="Begin or stop sharing the bot's screen",
    method="POST",
    path="/communications/calls/{call_id}/changeScreenSharingRole",
    docs="call-changescreensharingrole",
    permissions=(ACCESS_MEDIA,),
    outcome=Outcome.NOTIFICATIONS,
    follows=_ROSTER,
    limits=(one_of("role", "viewer", "sharer"),),
    repeat=Repeat.FREELY,
)
UPDATE_RECORDING_STATUS = Verb(
    name="update_recording_status",
    does="Tell people that a policy-recording bot records them",
    method="POST",
    path="/communications/calls/{call_id}/updateRecordingStatus",
    docs="call-updaterecordingstatus",
    permissions=(JOIN, ACCESS_MEDIA),
    outcome=Outcome.OPERATION,
    follows=_ROSTER,
    limits=(one_of("status", "notRecording", "recording", "failed"), CLIENT_CONTEXT),
    repeat=Repeat.FREELY,
)
ADD_LARGE_GALLERY_VIEW = Verb(
    name="add_large_gallery_view",
    does="Add the large gallery view to a meeting",
    method="POST",
    path="/communications/calls/{call_id}/addLargeGalleryView",
    docs="call-addlargegalleryview",
    permissions=(JOIN, JOIN_AS_GUEST, INITIATE_GROUP),
    outcome=Outcome.OPERATION,
    follows=("operation ended",),
    limits=(CLIENT_CONTEXT,),
    lacking=CHINA | GOVERNMENT,
)

VERBS = (MUTE, UNMUTE, CHANGE_SCREEN_SHARING_ROLE, UPDATE_RECORDING_STATUS, ADD_LARGE_GALLERY_VIEW)


class OwnLegVerbs(VerbGroup):
    """Verbs about the bot's own leg of a group call."""

    async def mute(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> MuteParticipantOperation:
        """Mute the bot itself. https://learn.microsoft.com/graph/api/call-mute."""
        return await self._begin(MUTE, MuteParticipantOperation, tenant, client_context, call_id=call_id)

    async def unmute(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> UnmuteParticipantOperation:
        """Unmute the bot itself; nobody else can be unmuted. https://learn.microsoft.com/graph/api/call-unmute."""
        return await self._begin(UNMUTE, UnmuteParticipantOperation, tenant, client_context, call_id=call_id)

    async def change_screen_sharing_role(
        self, call_id: str, role: ScreenSharingRole | str, *, tenant: str | None
    ) -> None:
        """Share the bot's screen, or watch. Needs media that the app hosts itself.

        https://learn.microsoft.com/graph/api/call-changescreensharingrole
        """
        await self._funnel.send(
            CHANGE_SCREEN_SHARING_ROLE, tenant=tenant, ids={"call_id": call_id}, body={"role": str(role)}
        )

    async def update_recording_status(
        self, call_id: str, status: RecordingStatus | str, *, tenant: str | None, client_context: str
    ) -> UpdateRecordingStatusOperation:
        """Say whether the bot records: before anything of the call is kept, and again when it stops.

        https://learn.microsoft.com/graph/api/call-updaterecordingstatus
        """
        return await self._begin(
            UPDATE_RECORDING_STATUS,
            UpdateRecordingStatusOperation,
            tenant,
            client_context,
            call_id=call_id,
            body={"status": str(status)},
        )

    async def add_large_gallery_view(
        self, call_id: str, *, tenant: str | None, client_context: str
    ) -> AddLargeGalleryViewOperation:
        """Add the large gallery view. https://learn.microsoft.com/graph/api/call-addlargegalleryview."""
        return await self._begin(
            ADD_LARGE_GALLERY_VIEW, AddLargeGalleryViewOperation, tenant, client_context, call_id=call_id
        )
