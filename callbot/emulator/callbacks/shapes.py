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
