"""What a bot has started in a call and waits for: prompts, recordings, invitations and the like.

https://learn.microsoft.com/graph/api/resources/commsoperation
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from callbot.model.base import Resource
from callbot.model.enums import (
    OperationStatus,
    PlayPromptCompletionReason,
    RecordCompletionReason,
    SendDtmfCompletionReason,
)
from callbot.model.resources.media import Prompt
from callbot.model.resources.participant import InvitationParticipantInfo
from callbot.model.resources.result import ResultInfo


class CommsOperation(Resource):
    """An operation. `client_context` (256 characters at most) is what the bot gave it, echoed."""

    graph_type: ClassVar[str] = "commsOperation"

    id: str | None = None
    client_context: str | None = None
    result_info: ResultInfo | None = None
    status: OperationStatus | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in (OperationStatus.COMPLETED, OperationStatus.FAILED)


class PlayPromptOperation(CommsOperation):
    """Playing prompts. `completion_reason` is beta, `prompts` undeclared; v1.0 sends both."""

    graph_type: ClassVar[str] = "playPromptOperation"
    marks: ClassVar[tuple[str, ...]] = ("prompts",)

    completion_reason: PlayPromptCompletionReason | None = None
    prompts: Sequence[Prompt] = ()


class RecordOperation(CommsOperation):
    """Recording a response: where it can be downloaded for a short while, with this token as bearer.

    `completion_reason` is beta.
    """

    graph_type: ClassVar[str] = "recordOperation"
    marks: ClassVar[tuple[str, ...]] = ("recordingLocation", "recordingAccessToken")

    recording_location: str | None = None
    recording_access_token: str | None = Field(default=None, repr=False)
    completion_reason: RecordCompletionReason | None = None


class CancelMediaProcessingOperation(CommsOperation):
    """Cancelling prompts and recordings."""

    graph_type: ClassVar[str] = "cancelMediaProcessingOperation"


class InviteParticipantsOperation(CommsOperation):
    """Inviting participants."""

    graph_type: ClassVar[str] = "inviteParticipantsOperation"

    participants: Sequence[InvitationParticipantInfo]


class MuteParticipantOperation(CommsOperation):
    """Muting a participant, or the bot itself."""

    graph_type: ClassVar[str] = "muteParticipantOperation"


class UnmuteParticipantOperation(CommsOperation):
    """Unmuting the bot itself."""

    graph_type: ClassVar[str] = "unmuteParticipantOperation"


class SubscribeToToneOperation(CommsOperation):
    """Asking for the keys that are pressed."""

    graph_type: ClassVar[str] = "subscribeToToneOperation"


class SendDtmfTonesOperation(CommsOperation):
    """Sending tones. Its status is `completed` even where the reason says otherwise."""

    graph_type: ClassVar[str] = "sendDtmfTonesOperation"

    completion_reason: SendDtmfCompletionReason | None = None


class StartHoldMusicOperation(CommsOperation):
    """Putting a participant on hold."""

    graph_type: ClassVar[str] = "startHoldMusicOperation"


class StopHoldMusicOperation(CommsOperation):
    """Taking a participant off hold."""

    graph_type: ClassVar[str] = "stopHoldMusicOperation"


class UpdateRecordingStatusOperation(CommsOperation):
    """Telling the participants that they are recorded."""

    graph_type: ClassVar[str] = "updateRecordingStatusOperation"


class AddLargeGalleryViewOperation(CommsOperation):
    """Adding the large gallery view."""

    graph_type: ClassVar[str] = "addLargeGalleryViewOperation"


class MuteParticipantsOperation(CommsOperation):
    """Muting all others (beta). `participants` are participant ids."""

    graph_type: ClassVar[str] = "muteParticipantsOperation"

    participants: Sequence[str] = ()


class AdmitFromLobbyOperation(CommsOperation):
    """Admitting a participant from the lobby (beta)."""

    graph_type: ClassVar[str] = "admitFromLobbyOperation"


class AdmitAllFromLobbyOperation(CommsOperation):
    """Admitting all from the lobby (beta)."""

    graph_type: ClassVar[str] = "admitAllFromLobbyOperation"


class RemoveFromLobbyOperation(CommsOperation):
    """Sending a participant away from the lobby (beta)."""

    graph_type: ClassVar[str] = "removeFromLobbyOperation"


class StartRecordingOperation(CommsOperation):
    """Starting the meeting's recording (beta)."""

    graph_type: ClassVar[str] = "startRecordingOperation"


class StopRecordingOperation(CommsOperation):
    """Stopping the meeting's recording (beta)."""

    graph_type: ClassVar[str] = "stopRecordingOperation"


class StartTranscriptionOperation(CommsOperation):
    """Starting the meeting's transcription (beta)."""

    graph_type: ClassVar[str] = "startTranscriptionOperation"


class StopTranscriptionOperation(CommsOperation):
    """Stopping the meeting's transcription (beta)."""

    graph_type: ClassVar[str] = "stopTranscriptionOperation"
