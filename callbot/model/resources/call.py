"""The call: the bot's own leg of a conversation.

https://learn.microsoft.com/graph/api/resources/call
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from callbot.model.base import Resource
from callbot.model.enums import (
    CallDirection,
    CallState,
    CallTranscriptionState,
    Modality,
    RoutingPolicy,
    RoutingType,
)
from callbot.model.resources.identity import IdentitySet
from callbot.model.resources.media import (
    AudioRoutingGroup,
    CallMediaState,
    ContentSharingSession,
    MediaConfig,
    ToneInfo,
)
from callbot.model.resources.meeting import ChatInfo, MeetingCapability, MeetingInfo, MeetingProperties
from callbot.model.resources.operation import CommsOperation
from callbot.model.resources.participant import InvitationParticipantInfo, Participant, ParticipantInfo
from callbot.model.resources.policy import ApplicationMetadata
from callbot.model.resources.result import ResultInfo


class CallOptions(Resource):
    """What the platform should do in a call beside the call itself."""

    graph_type: ClassVar[str] = "callOptions"

    hide_bot_after_escalation: bool | None = None
    is_content_sharing_notification_enabled: bool | None = None
    is_delta_roster_enabled: bool | None = None
    is_interactive_roster_enabled: bool | None = None


class IncomingCallOptions(CallOptions):
    """Options of a call that is answered."""

    graph_type: ClassVar[str] = "incomingCallOptions"


class OutgoingCallOptions(CallOptions):
    """Options of a call that is placed."""

    graph_type: ClassVar[str] = "outgoingCallOptions"


class CallRoute(Resource):
    """One step of an incoming call that came by way of somebody else."""

    graph_type: ClassVar[str] = "callRoute"

    final: IdentitySet
    original: IdentitySet
    routing_type: RoutingType | None


class IncomingContext(Resource):
    """On whose behalf an incoming call comes, and whom a policy-recording bot shall observe."""

    graph_type: ClassVar[str] = "incomingContext"

    source_participant_id: str | None = None
    observed_participant_id: str | None = None
    on_behalf_of: IdentitySet | None = None
    transferor: IdentitySet | None = None


class CallTranscriptionInfo(Resource):
    """Whether the call is transcribed, and since when it is so."""

    graph_type: ClassVar[str] = "callTranscriptionInfo"

    state: CallTranscriptionState | None
    last_modified_date_time: datetime | None = None


class CallResource(Resource):
    """A call as Graph has it, or as much of it as a notification tells.

    The fields from `active_modalities` on are beta's, which v1.0 sends too; those from `co_organizers` on are
    undeclared. `termination_reason` comes in the place of `result_info` at times ("AppTransferred").
    """

    graph_type: ClassVar[str] = "call"

    id: str | None = None
    callback_uri: str | None = None
    call_chain_id: str | None = None
    call_options: CallOptions | None = None
    call_routes: Sequence[CallRoute] = ()
    chat_info: ChatInfo | None = None
    direction: CallDirection | None = None
    incoming_context: IncomingContext | None = None
    media_config: MediaConfig | None = None
    media_state: CallMediaState | None = None
    meeting_info: MeetingInfo | None = None
    my_participant_id: str | None = None
    requested_modalities: Sequence[Modality] = ()
    result_info: ResultInfo | None = None
    source: ParticipantInfo | None = None
    state: CallState | None = None
    subject: str | None = Field(default=None, repr=False)
    targets: Sequence[InvitationParticipantInfo] = ()
    tenant_id: str | None = None
    tone_info: ToneInfo | None = None
    transcription: CallTranscriptionInfo | None = None

    audio_routing_groups: Sequence[AudioRoutingGroup] = ()
    content_sharing_sessions: Sequence[ContentSharingSession] = ()
    operations: Sequence[CommsOperation] = ()
    participants: Sequence[Participant] = ()

    active_modalities: Sequence[Modality] = ()
    answered_by: ParticipantInfo | None = None
    meeting_capability: MeetingCapability | None = None
    ringing_timeout_in_seconds: int | None = None
    routing_policies: Sequence[RoutingPolicy] = ()
    termination_reason: str | None = None

    co_organizers: Sequence[object] = ()
    meeting_properties: MeetingProperties | None = None
    replaces_context: str | None = Field(default=None, repr=False)
    application_metadata: ApplicationMetadata | None = None
    media_hosted_region: str | None = None
