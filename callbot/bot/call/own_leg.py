"""The verbs of the bot's own part in a group call: its microphone, its screen, its recording."""

from callbot.bot.call.live import LiveCall
from callbot.bot.line import patience
from callbot.model import (
    AddLargeGalleryViewOperation,
    MuteParticipantOperation,
    RecordingStatus,
    ScreenSharingRole,
    UnmuteParticipantOperation,
    UpdateRecordingStatusOperation,
)


class OwnLegVerbs(LiveCall):
    """Verbs about the bot itself in a group call; everybody's roster then shows it."""

    async def mute(self, *, wait: bool = True, limit: float = patience.AT_ONCE) -> MuteParticipantOperation:
        """Mute the bot. https://learn.microsoft.com/graph/api/call-mute."""
        line = self._line
        return await line.operate(
            "mute",
            MuteParticipantOperation,
            lambda context: line.desk.graph.mute(self.id, tenant=line.tenant, client_context=context),
            wait=wait,
            limit=limit,
        )

    async def unmute(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> UnmuteParticipantOperation:
        """Unmute the bot; nobody else can be unmuted. https://learn.microsoft.com/graph/api/call-unmute."""
        line = self._line
        return await line.operate(
            "unmute",
            UnmuteParticipantOperation,
            lambda context: line.desk.graph.unmute(self.id, tenant=line.tenant, client_context=context),
            wait=wait,
            limit=limit,
        )

    async def change_screen_sharing_role(self, role: ScreenSharingRole) -> None:
        """Share the bot's screen, or watch; the roster shows when it is so.

        Needs media that the app hosts itself.
        https://learn.microsoft.com/graph/api/call-changescreensharingrole
        """
        line = self._line
        await line.ask(line.desk.graph.change_screen_sharing_role(self.id, role, tenant=line.tenant))

    async def update_recording_status(
        self, status: RecordingStatus, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> UpdateRecordingStatusOperation:
        """Tell people whether a policy-recording bot records them.

        `RECORDING` must have succeeded before anything of the call is kept; `NOT_RECORDING` comes after the
        last. https://learn.microsoft.com/graph/api/call-updaterecordingstatus
        """
        line = self._line
        return await line.operate(
            "update_recording_status",
            UpdateRecordingStatusOperation,
            lambda context: line.desk.graph.update_recording_status(
                self.id, status, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )

    async def add_large_gallery_view(
        self, *, wait: bool = True, limit: float = patience.AT_ONCE
    ) -> AddLargeGalleryViewOperation:
        """Add the large gallery view to a meeting; returns when it is there.

        https://learn.microsoft.com/graph/api/call-addlargegalleryview
        """
        line = self._line
        return await line.operate(
            "add_large_gallery_view",
            AddLargeGalleryViewOperation,
            lambda context: line.desk.graph.add_large_gallery_view(
                self.id, tenant=line.tenant, client_context=context
            ),
            wait=wait,
            limit=limit,
        )
