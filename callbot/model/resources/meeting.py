"""Which meeting or conversation a call belongs to.

https://learn.microsoft.com/graph/api/resources/meetinginfo
"""

from typing import ClassVar

from pydantic import Field

from callbot.model.base import Resource
from callbot.model.resources.identity import IdentitySet


class ChatInfo(Resource):
    """The chat of a meeting. `thread_id` is case-sensitive; `message_id` is "0" outside channels."""

    graph_type: ClassVar[str] = "chatInfo"

    thread_id: str | None = None
    message_id: str | None = None
    reply_chain_message_id: str | None = None


class MeetingInfo(Resource):
    """What a call needs to join a meeting. The two flags are in every example but not declared."""

    graph_type: ClassVar[str] = "meetingInfo"

    allow_conversation_without_host: bool | None = None
    allow_guest_to_bypass_lobby: bool | None = None


class OrganizerMeetingInfo(MeetingInfo):
    """A scheduled meeting, by its organizer; the call's `chat_info` says the rest."""

    graph_type: ClassVar[str] = "organizerMeetingInfo"
    marks: ClassVar[tuple[str, ...]] = ("organizer",)

    organizer: IdentitySet


class TokenMeetingInfo(MeetingInfo):
    """A conversation, by a token from one of its notifications. It is good for a day; it is a secret."""

    graph_type: ClassVar[str] = "tokenMeetingInfo"
    marks: ClassVar[tuple[str, ...]] = ("token",)

    token: str | None = Field(repr=False)


class JoinMeetingIdMeetingInfo(MeetingInfo):
    """A meeting, by the id and passcode of its invitation."""

    graph_type: ClassVar[str] = "joinMeetingIdMeetingInfo"
    marks: ClassVar[tuple[str, ...]] = ("joinMeetingId",)

    join_meeting_id: str | None
    passcode: str | None = Field(default=None, repr=False)


class MeetingCapability(Resource):
    """What the meeting allows: an open object (beta; v1.0 sends it undeclared)."""

    graph_type: ClassVar[str] = "meetingCapability"

    allow_anonymous_users_to_dial_out: bool | None = None
    allow_anonymous_users_to_start_meeting: bool | None = None
    auto_admitted_users: str | None = None


class MeetingProperties(Resource):
    """Labels of the meeting (undeclared)."""

    graph_type: ClassVar[str] = "meetingProperties"

    meeting_label: str | None = None
