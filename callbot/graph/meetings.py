"""The ways to name a meeting one wants to join.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from dataclasses import dataclass, field

from callbot.model import (
    ChatInfo,
    JoinMeetingIdMeetingInfo,
    MeetingInfo,
    OrganizerMeetingInfo,
    TokenMeetingInfo,
    User,
)


@dataclass(frozen=True, slots=True)
class MeetingCoordinates:
    """A meeting by its chat thread and its organizer, as a long join link names it.

    `thread_id` is case-sensitive. `message_id` is "0" but for a meeting in a channel, where it is the id of
    the root message; `reply_to` is that message's id again where a link has it.
    """

    thread_id: str
    organizer_id: str
    tenant_id: str
    message_id: str = "0"
    reply_to: str | None = None

    @property
    def chat_info(self) -> ChatInfo | None:
        """The chat of the meeting."""
        chat = {"thread_id": self.thread_id, "message_id": self.message_id}
        return (
            ChatInfo(**chat)
            if self.reply_to is None
            else ChatInfo(**chat, reply_chain_message_id=self.reply_to)
        )

    @property
    def meeting_info(self) -> MeetingInfo:
        """The meeting, as a call names it."""
        organizer = User(self.organizer_id, tenant_id=self.tenant_id).to_identity_set()
        return OrganizerMeetingInfo(organizer=organizer, allow_conversation_without_host=True)


@dataclass(frozen=True, slots=True)
class MeetingId:
    """A meeting by the id and passcode its invitation shows. `tenant_id` is the organizer's, if known."""

    join_meeting_id: str
    passcode: str | None = field(default=None, repr=False)
    tenant_id: str | None = None

    @property
    def chat_info(self) -> ChatInfo | None:
        """Nothing: Graph fills it in."""
        return None

    @property
    def meeting_info(self) -> MeetingInfo:
        """The meeting, as a call names it."""
        return JoinMeetingIdMeetingInfo(join_meeting_id=self.join_meeting_id, passcode=self.passcode)


@dataclass(frozen=True, slots=True)
class MeetingToken:
    """A conversation by a token of one of its notifications: good for a day, and a secret."""

    token: str = field(repr=False)
    tenant_id: str | None = None

    @property
    def chat_info(self) -> ChatInfo | None:
        """Nothing: the token says it."""
        return None

    @property
    def meeting_info(self) -> MeetingInfo:
        """The meeting, as a call names it."""
        return TokenMeetingInfo(token=self.token)


Meeting = MeetingCoordinates | MeetingId | MeetingToken
