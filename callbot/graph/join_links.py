"""The links people join a meeting with, read into what a call needs.

Long links name chat and organizer, short ones a meeting id and passcode. Mail programs and browsers wrap and
encode them once more; that is undone.
https://learn.microsoft.com/graph/api/resources/call
https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
"""

import json
import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from callbot.errors import InvalidArgument
from callbot.graph.meetings import MeetingCoordinates, MeetingId

TEAMS_HOSTS = frozenset(
    {
        "teams.microsoft.com",
        "teams.cloud.microsoft",
        "gov.teams.microsoft.us",
        "dod.teams.microsoft.us",
    }
)
_WRAPPER = ".safelinks.protection.outlook.com"
_PERSONAL = "teams.live.com"
_LONGEST = 8192
_DECODINGS = 4  # a link that was encoded twice and wrapped once needs three

_LONG = re.compile(r"/l/meetup-join/(?P<thread>19:[^/?#\s]+)/(?P<message>\d+)")
_SHORT = re.compile(r"/meet/(?P<id>\d+)(?=[/?&#]|$)")
_PASSCODE = re.compile(r"[?&]p=(?P<passcode>[^&#\s]+)")
_CONTEXT = re.compile(r"[?&]context=(?=\{)", re.IGNORECASE)


def parse_join_link(link: str) -> MeetingCoordinates | MeetingId:
    """Return the meeting a join link leads to.

    A long link without context names no organizer: complete it with `dataclasses.replace` before joining.

    Raises:
        InvalidArgument: when it is no link of Teams, or one of a personal meeting; says why.
    """
    text = link.strip()
    if len(text) > _LONGEST:
        raise _refused(f"it has {len(text)} characters; a join link has some hundred")
    text = _unwrapped(text)
    _check_host(text)
    plain = _decoded(text)
    found = _LONG.search(plain)
    if found is not None:
        return _coordinates(found["thread"], found["message"], plain)
    found = _SHORT.search(plain)
    if found is not None:
        passcode = _PASSCODE.search(plain, found.end())
        return MeetingId(found["id"], passcode["passcode"] if passcode else None)
    raise _refused("it is an address of Teams but none of a meeting: copy the link from the invitation")


def _unwrapped(text: str) -> str:
    """Return what a mail program's safe link leads to."""
    parts = _split(text)
    if (parts.hostname or "").endswith(_WRAPPER):
        return parse_qs(parts.query).get("url", [""])[0]
    return text


def _check_host(text: str) -> None:
    parts = _split(text)
    host = parts.hostname or ""
    if host == _PERSONAL:
        raise _refused(
            "it is of a personal meeting (teams.live.com); bots can join only meetings of an organization"
        )
    if parts.scheme != "https" or host not in TEAMS_HOSTS:
        raise _refused("it must be an https address at one of " + ", ".join(sorted(TEAMS_HOSTS)))


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        raise _refused("it is not an address") from None


def _decoded(text: str) -> str:
    for _ in range(_DECODINGS):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def _coordinates(thread: str, message: str, plain: str) -> MeetingCoordinates:
    context = _context(plain)
    return MeetingCoordinates(
        thread_id=thread,
        message_id=message,
        organizer_id=context.get("oid"),
        tenant_id=context.get("tid"),
        reply_to=context.get("messageid"),
    )


def _context(plain: str) -> dict[str, str]:
    """Return the link's context by lower-case key; what follows its closing brace is not read."""
    found = _CONTEXT.search(plain)
    if found is None:
        return {}
    try:
        context, _ = json.JSONDecoder().raw_decode(plain, found.end())
    except (ValueError, RecursionError):
        raise _refused("its context is not readable: copy the link again, to its end") from None
    return {key.lower(): value for key, value in context.items() if isinstance(value, str) and value}


def _refused(reason: str) -> InvalidArgument:
    """The reason without the link, which may let anyone who reads it into the meeting."""
    return InvalidArgument(f"this join link cannot be used: {reason}", verb="parse_join_link")
