"""Meetings a bot can join."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from callbot.emulator import Lobby, Meeting


@dataclass(frozen=True, slots=True)
class StagedMeeting:
    """A meeting: `join_link` and, where it has one, `join_id` with its `passcode` are what a bot joins by."""

    thread_id: str
    join_link: str
    join_id: str | None
    passcode: str | None


def staged(meeting: Meeting) -> StagedMeeting:
    """Return a meeting as a test sees it."""
    context = json.dumps({"Tid": meeting.tenant_id, "Oid": meeting.organizer_id}, separators=(",", ":"))
    link = (
        f"https://teams.microsoft.com/l/meetup-join/{quote(meeting.thread_id, safe='')}"
        f"/{meeting.message_id}?context={quote(context, safe='')}"
    )
    return StagedMeeting(meeting.thread_id, link, meeting.join_meeting_id, meeting.passcode)


LOBBIES = {"nobody": Lobby.NOBODY, "guests": Lobby.GUESTS, "everybody": Lobby.EVERYBODY}
"""Who has to wait in the lobby, by its word."""
