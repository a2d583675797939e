"""One item of a callback: what changed, where, and the raw JSON that says so.

https://learn.microsoft.com/graph/api/resources/commsnotification
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

from callbot.model.enums import ChangeType
from callbot.model.path import PathKind, ResourcePath, is_call_id


class Notification(NamedTuple):
    """A hint that a resource of a call has changed.

    `resource_data` is raw JSON on purpose: usually a few fields of the resource, an object for a call or an
    operation and an array for a roster or content sharing. A field it lacks has not changed. `raw` is
    the whole item as it came, with whatever callbot has no name for.
    """

    change_type: ChangeType
    resource_url: str | None
    resource: str | None
    resource_data: dict[str, object] | list[object] | None
    callback_uri: str | None
    path: ResourcePath
    raw: Mapping[str, object]

    @classmethod
    def from_item(cls, item: Mapping[str, object]) -> Self:
        """Read one item of a callback's `value`. Never fails for a JSON object."""
        resource_url = _text(item.get("resourceUrl"))
        resource = _text(item.get("resource"))
        data = item.get("resourceData")
        if not isinstance(data, dict | list):
            data = None
        change = item.get("changeType")
        return cls(
            _change_named(change) if isinstance(change, str) else _NO_CHANGE_TYPE,
            resource_url,
            resource,
            data,
            _text(item.get("callbackUri")),
            _path_of(resource_url, resource, data),
            item,
        )

    @property
    def call_id(self) -> str | None:
        """The id of the call it is about, verbatim; None when nothing in it names one."""
        return self.path.call_id


_change_named = ChangeType.named
_NO_CHANGE_TYPE = ChangeType("")
_OPERATION = PathKind.OPERATION


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _path_of(resource_url: str | None, resource: str | None, data: object) -> ResourcePath:
    """Find the path: `resourceUrl` is sure, `resource` likely, the id in the data a last hope."""
    path = ResourcePath.parse(resource_url or resource or "")
    if path.call_id is None and resource_url and resource:
        path = ResourcePath.parse(resource)
    if path.call_id is None:
        call_id = _id_of_call(data)
        return path if call_id is None else ResourcePath.of_call(call_id)
    if path.kind is _OPERATION and isinstance(data, list):
        return path._replace(kind=PathKind.PARTICIPANTS, sub_id=None)
    return path


def _id_of_call(data: object) -> str | None:
    if not isinstance(data, dict):
        return None
    kind = data.get("@odata.type")
    if isinstance(kind, str) and kind.rpartition(".")[2].lstrip("#").lower() != "call":
        return None
    call_id = _text(data.get("id"))
    return call_id if call_id is not None and is_call_id(call_id) else None
