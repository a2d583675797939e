"""What a notification carries when it is neither a call nor an operation nor a full roster.

https://learn.microsoft.com/graph/api/resources/communications-api-overview
"""

from collections.abc import Sequence
from typing import ClassVar

from callbot.model.base import Resource
from callbot.model.resources.call import CallResource
from callbot.model.resources.participant import Participant


class NotificationPayload(Resource):
    """The data of a notification, its kind told by its type or its keys."""

    graph_type: ClassVar[str] = "entity"

    id: str | None = None


class DeltaParticipants(NotificationPayload):
    """What has changed on the roster. Those who left have a `removed_state`."""

    graph_type: ClassVar[str] = "deltaParticipants"
    marks: ClassVar[tuple[str, ...]] = ("participants", "sequenceNumber")

    sequence_number: int | None = None
    participants: Sequence[Participant] = ()


class ParticipantLeftNotification(NotificationPayload):
    """A participant of a policy group left the call."""

    graph_type: ClassVar[str] = "participantLeftNotification"
    marks: ClassVar[tuple[str, ...]] = ("participantId",)

    participant_id: str | None
    call: CallResource | None = None


class ParticipantJoiningNotification(NotificationPayload):
    """A participant of a policy group wants to join: the response to the callback decides."""

    graph_type: ClassVar[str] = "participantJoiningNotification"
    marks: ClassVar[tuple[str, ...]] = ("call",)

    call: CallResource | None = None
