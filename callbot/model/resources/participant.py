"""The people and bots in a call, and those who are invited to it.

https://learn.microsoft.com/graph/api/resources/participant
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import AliasChoices, Field

from callbot.model.base import Resource
from callbot.model.enums import (
    ContentSharingDisabledReason,
    EndpointType,
    RecordingStatus,
    VideoDisabledReason,
)
from callbot.model.resources.identity import IdentitySet
from callbot.model.resources.media import MediaStream


class ParticipantInfo(Resource):
    """Who somebody in a call is, and where they call from.

    The wire has `participant_id` under `participantId`, under `id`, or both. `non_anonymized_identity` and
    `platform_id` are beta; `endpoint_id`, `client_version`, `replacement_link` and `tenant_id` undeclared.
    """

    graph_type: ClassVar[str] = "participantInfo"

    identity: IdentitySet
    country_code: str | None = None
    endpoint_type: EndpointType | None = Field(
        default=None,
        validation_alias=AliasChoices("endpointType", "endPointType"),
        serialization_alias="endpointType",
    )
    language_id: str | None = None
    participant_id: str | None = Field(
        default=None,
        validation_alias=AliasChoices("participantId", "id"),
        serialization_alias="participantId",
    )
    region: str | None = None
    non_anonymized_identity: IdentitySet | None = None
    platform_id: str | None = None
    endpoint_id: str | None = None
    client_version: str | None = None
    replacement_link: str | None = None
    tenant_id: str | None = None


class InvitationParticipantInfo(Resource):
    """Whom to call, invite or transfer to.

    `replaces_call_id` names the call the new one takes the place of. `endpoint_type` is beta; `language_id`,
    `region` and `id` are in documented bodies but not declared.
    """

    graph_type: ClassVar[str] = "invitationParticipantInfo"

    identity: IdentitySet
    hidden: bool | None = None
    participant_id: str | None = Field(
        default=None,
        validation_alias=AliasChoices("participantId", "id"),
        serialization_alias="participantId",
    )
    remove_from_default_audio_routing_group: bool | None = None
    replaces_call_id: str | None = None
    endpoint_type: EndpointType | None = None
    language_id: str | None = None
    region: str | None = None


class RecordingInfo(Resource):
    """Whether a participant is recorded, and who started it. `initiated_by` is beta."""

    graph_type: ClassVar[str] = "recordingInfo"

    recording_status: RecordingStatus | None
    initiator: IdentitySet | None = None
    initiated_by: ParticipantInfo | None = None


class RemovedState(Resource):
    """Why a participant is no longer on the roster (delta rosters only)."""

    graph_type: ClassVar[str] = "removedState"

    reason: str | None = None


class OnlineMeetingRestricted(Resource):
    """What a participant may not do in this meeting."""

    graph_type: ClassVar[str] = "onlineMeetingRestricted"

    content_sharing_disabled: ContentSharingDisabledReason | None = None
    video_disabled: VideoDisabledReason | None = None


class Participant(Resource):
    """One line of the roster.

    `is_identity_anonymized` and `preferred_display_name` are beta; `published_states`, `meeting_role` and
    `replacement_link` undeclared.
    """

    graph_type: ClassVar[str] = "participant"

    id: str | None = None
    info: ParticipantInfo
    is_in_lobby: bool | None
    is_muted: bool | None
    media_streams: Sequence[MediaStream] = ()
    metadata: str | None = None
    recording_info: RecordingInfo | None = None
    removed_state: RemovedState | None = None
    restricted_experience: OnlineMeetingRestricted | None = None
    roster_sequence_number: int | None = None
    is_identity_anonymized: bool | None = None
    preferred_display_name: str | None = Field(default=None, repr=False)
    published_states: Sequence[object] = ()
    meeting_role: str | None = None
    replacement_link: str | None = None
