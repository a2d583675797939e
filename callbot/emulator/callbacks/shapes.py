"""Notifications as the wire sends them: sparse, without an id in the data of an update.

https://learn.microsoft.com/graph/api/resources/commsnotification
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from callbot.emulator.wire import JsonObject, typed


class ChangeType(StrEnum):
    """What happened to the resource. For operations `deleted` means finished."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


def notification(change: ChangeType, path: str, data: object) -> JsonObject:
    """Return one item of a callback; `path` is what follows `/calls/`."""
    return typed(
        "commsNotification",
        {
            "changeType": str(change),
            "resource": f"/app/calls/{path}",
            "resourceUrl": f"/communications/calls/{path}",
            "resourceData": data,
        },
    )


def envelope(items: Sequence[Mapping[str, object]]) -> JsonObject:
    """Return the body of a callback."""
    return typed("commsNotifications", {"value": list(items)})


def items_of(body: Mapping[str, object]) -> list[JsonObject]:
    """Return the notifications in the body of a callback; none in the legacy form."""
    value = body.get("value")
    return [dict(item) for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def describe(body: Mapping[str, object]) -> str:
    """Return what a callback is about in words: `updated established`, `deleted operations`, `legacy`."""
    items = items_of(body)
    if not items:
        return "legacy"
    item = items[0]
    segments = str(item.get("resourceUrl", "")).strip("/").split("/")
    data = item.get("resourceData")
    state = data.get("state", "-") if isinstance(data, Mapping) else "-"
    return f"{item.get('changeType')} {segments[3] if len(segments) > 3 else state}"  # noqa: PLR2004 - after the id
