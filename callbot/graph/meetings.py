"""The ways to name a meeting one wants to join.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from dataclasses import dataclass, field

from callbot.errors import InvalidArgument
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
    the root message; `reply_to` is that message's id again where a link has it. Organizer and tenant are
    None where a link does not name them; no call can be made of it before they are known.
    """

    thread_id: str
    organizer_id: str | None
    tenant_id: str | None
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
        """The meeting, as a call names it. Raises `InvalidArgument` while its organizer is not known."""
        if not self.organizer_id or not self.tenant_id:
            raise InvalidArgument(
                "the meeting's organizer is not known: its link has no context, so set organizer_id and "
                "tenant_id of the coordinates",
                verb="create_call",
            )
        organizer = User(self.organizer_id, tenant_id=self.tenant_id).to_identity_set()
        return OrganizerMeetingInfo(organizer=organizer, allow_conversation_without_host=True)


@dataclass(frozen=True, slots=True)
class MeetingId:
    """A meeting by the id and passcode its invitation shows. `tenant_id` is the organizer's, if known.

    The id is shown in groups of three digits; the spaces between them are left out.
    """

    join_meeting_id: str
    passcode: str | None = field(default=None, repr=False)
    tenant_id: str | None = None

    def __post_init__(self) -> None:
        digits = "".join(self.join_meeting_id.split())
        if not digits.isdecimal():
            raise InvalidArgument("a meeting id is a number, as its invitation shows it", verb="create_call")
        object.__setattr__(self, "join_meeting_id", digits)

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
