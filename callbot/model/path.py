"""Which resource of which call a notification's path speaks of.

The wire writes `/communications/calls/{id}/operations/{op}`, the older `/app/calls/{id}`, sometimes without
the first slash, with other case, or as a whole URL; call ids come with and without dashes.
https://learn.microsoft.com/graph/api/resources/communications-api-overview
"""

import re
from enum import StrEnum
from typing import NamedTuple, Self


class PathKind(StrEnum):
    """What kind of resource a path speaks of."""

    CALL = "call"
    PARTICIPANTS = "participants"
    PARTICIPANT = "participant"
    OPERATION = "operation"
    CONTENT_SHARING = "contentSharing"
    AUDIO_ROUTING_GROUPS = "audioRoutingGroups"
    UNKNOWN = "unknown"


_CALL = PathKind.CALL
_COLLECTIONS = {
    "participants": (PathKind.PARTICIPANTS, PathKind.PARTICIPANT),
    "operations": (PathKind.UNKNOWN, PathKind.OPERATION),
    "contentsharingsessions": (PathKind.CONTENT_SHARING, PathKind.CONTENT_SHARING),
    "audioroutinggroups": (PathKind.AUDIO_ROUTING_GROUPS, PathKind.AUDIO_ROUTING_GROUPS),
}


_CALL_ID = re.compile(r"[-._]*[A-Za-z0-9][!-~]{0,499}").fullmatch


class ResourcePath(NamedTuple):
    """A parsed path.

    `call_id` is verbatim, for URLs; `key` is for comparing. Both are None when the path names no call.
    `sub_id` is the id of the participant, operation, content sharing or group, verbatim.
    """

    call_id: str | None
    key: str | None
    kind: PathKind
    sub_id: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a path or URL. Never fails: what it does not know is `PathKind.UNKNOWN`.

        `/operations/participants` is a slip seen on the wire, for an invitation's operation and for a roster
        alike: it reads as an operation without an id, and the notification's data tells the rest.
        """
        segments = _bare(text).strip("/").split("/")
        if "" in segments:
            segments = [segment for segment in segments if segment]
        start = _after_calls(segments)
        if start == len(segments):
            return cls(None, None, PathKind.UNKNOWN, None)
        call_id = segments[start]
        if not is_call_id(call_id):
            return cls(None, None, PathKind.UNKNOWN, None)
        if start == len(segments) - 1:
            return cls(call_id, call_key(call_id), _CALL, None)
        kind, sub_id = _within_call(segments[start + 1 :])
        return cls(call_id, call_key(call_id), kind, sub_id)

    @classmethod
    def of_call(cls, call_id: str) -> Self:
        """Return the path of the call itself."""
        return cls(call_id, call_key(call_id), PathKind.CALL, None)


def is_call_id(text: str) -> bool:
    """Whether this could be the id of a call: opaque, but printable, and short enough for an address."""
    return _CALL_ID(text) is not None


def call_key(call_id: str) -> str:
    """Return what call ids are compared by: without dashes, in lower case."""
    return call_id.replace("-", "").lower()


def _bare(text: str) -> str:
    """Drop query and fragment; write the key syntax `calls('id')` as `calls/id`."""
    if "?" in text or "#" in text:
        text = text.partition("?")[0].partition("#")[0]
    if "('" in text:
        text = text.replace("('", "/").replace("')", "")
    return text


def _after_calls(segments: list[str]) -> int:
    """Return where the call id is, or the number of segments when there is none."""
    if "calls" in segments:
        return segments.index("calls") + 1
    return next((at for at, segment in enumerate(segments, 1) if segment.lower() == "calls"), len(segments))


def _within_call(segments: list[str]) -> tuple[PathKind, str | None]:
    match segments:
        case [name]:
            return _COLLECTIONS.get(name.lower(), (PathKind.UNKNOWN, PathKind.UNKNOWN))[0], None
        case [name, sub_id]:
            kind = _COLLECTIONS.get(name.lower(), (PathKind.UNKNOWN, PathKind.UNKNOWN))[1]
            slip = kind is PathKind.OPERATION and sub_id.lower() == "participants"
            return kind, None if slip else sub_id
        case _:
            return PathKind.UNKNOWN, None
