"""The scheduled meetings of the emulated tenant: how they are found and who is in them."""

import uuid
from collections.abc import Iterable, Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from callbot.emulator.tenant.people import DEFAULT_PEOPLE


class Lobby(StrEnum):
    """Who has to wait until somebody lets them in."""

    NOBODY = "nobody"
    GUESTS = "guests"
    EVERYBODY = "everybody"


class Meeting(BaseModel):
    """A scheduled meeting.

    Attributes:
        thread_id: The chat thread, as in its join link.
        message_id: "0", or the root message of a channel meeting.
        organizer_id: The organizer's object id.
        tenant_id: The organizer's tenant.
        join_meeting_id: The number of a short join link, without blanks.
        passcode: What goes with that number; None for none.
        attendees: Ids or telephone numbers of the people who are there when the bot joins.
        lobby: Who has to wait.
        subject: What it is about.
        locked: Whether nobody can join any more (code 8560).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    thread_id: str = Field(default_factory=lambda: f"19:meeting_{uuid.uuid4().hex}@thread.v2")
    message_id: str = "0"
    organizer_id: str = DEFAULT_PEOPLE[0][0]
    tenant_id: str = ""
    join_meeting_id: str | None = None
    passcode: str | None = None
    attendees: tuple[str, ...] = ()
    lobby: Lobby = Lobby.GUESTS
    subject: str | None = None
    locked: bool = False


DEFAULT_THREAD = "19:meeting_Y2FsbGJvdC1lbXVsYXRvci1tZWV0aW5n@thread.v2"
DEFAULT_JOIN_ID = "231234567890"
DEFAULT_PASSCODE = "abc123"


def default_meeting(tenant_id: str) -> Meeting:
    """Return the meeting of a fresh emulator: Ana's, with Ana and Femi in it."""
    ana, femi = DEFAULT_PEOPLE[0][0], DEFAULT_PEOPLE[-1][0]
    return Meeting(
        thread_id=DEFAULT_THREAD,
        organizer_id=ana,
        tenant_id=tenant_id,
        join_meeting_id=DEFAULT_JOIN_ID,
        passcode=DEFAULT_PASSCODE,
        attendees=(ana, femi),
        subject="Weekly",
    )


class Calendar:
    """Every meeting the emulator knows, found by its coordinates or its number."""

    def __init__(self, meetings: Iterable[Meeting] = ()) -> None:
        self._meetings = {meeting.thread_id: meeting for meeting in meetings}

    def __iter__(self) -> Iterator[Meeting]:
        return iter(list(self._meetings.values()))

    def add(self, meeting: Meeting) -> Meeting:
        """Add a meeting, or put it in the place of the one with the same thread."""
        self._meetings[meeting.thread_id] = meeting
        return meeting

    def by_thread(self, thread_id: str) -> Meeting | None:
        """Return the meeting with this chat thread; its case matters."""
        return self._meetings.get(thread_id)

    def by_number(self, join_meeting_id: str) -> Meeting | None:
        """Return the meeting with this join meeting id, written with or without blanks."""
        number = join_meeting_id.replace(" ", "")
        return next((one for one in self._meetings.values() if one.join_meeting_id == number), None)
