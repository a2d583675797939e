"""What policy-recording bots meet beside the call: whom they record, and who knocks.

https://learn.microsoft.com/graph/api/call-answer
"""

from collections.abc import Sequence
from typing import ClassVar

from callbot.model.base import Resource
from callbot.model.enums import RejectReason
from callbot.model.resources.identity import IdentitySet


class BotDataUser(Resource):
    """One side of a recorded conversation (undeclared)."""

    graph_type: ClassVar[str] = ""

    id: str | None = None
    participant_id: str | None = None
    tenant_id: str | None = None
    on_behalf_of: IdentitySet | None = None
    participation_method: str | None = None
    client_location: str | None = None
    policy_holder_id: str | None = None
    policy_holder_tenant_id: str | None = None


class BotData(Resource):
    """Why and for whom a policy-recording bot is called (undeclared)."""

    graph_type: ClassVar[str] = ""

    media_hosted_region: str | None = None
    call_id: str | None = None
    user: BotDataUser | None = None
    other_side_user: BotDataUser | None = None
    invite_reasons: Sequence[str] = ()
    policy_identifier: str | None = None
    paired_recorders: Sequence[object] = ()
    other_recorders: Sequence[object] = ()


class ApplicationMetadata(Resource):
    """What the platform tells the bot about itself in a policy-recording call (undeclared)."""

    graph_type: ClassVar[str] = ""

    bot_data: BotData | None = None


class ParticipantJoiningResponse(Resource):
    """The bot's decision about a joining participant: the body of the HTTP response."""

    graph_type: ClassVar[str] = "participantJoiningResponse"


class AcceptJoinResponse(ParticipantJoiningResponse):
    """This call of the bot takes the participant, too."""

    graph_type: ClassVar[str] = "acceptJoinResponse"


class RejectJoinResponse(ParticipantJoiningResponse):
    """The participant may not join."""

    graph_type: ClassVar[str] = "rejectJoinResponse"
    marks: ClassVar[tuple[str, ...]] = ("reason",)

    reason: RejectReason | None


class InviteNewBotResponse(ParticipantJoiningResponse):
    """Another instance of the bot takes the participant: where it is."""

    graph_type: ClassVar[str] = "inviteNewBotResponse"
    marks: ClassVar[tuple[str, ...]] = ("inviteUri",)

    invite_uri: str | None = None
