from collections.abc import Mapping

import pytest

from callbot.model import ChangeType, Notification, PathKind
from tests.model.conftest import document

CALL = "0c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a01"


@pytest.mark.parametrize(
    ("name", "change", "kind"),
    [
        ("incoming", ChangeType.CREATED, PathKind.CALL),
        ("establishing", ChangeType.UPDATED, PathKind.CALL),
        ("tone", ChangeType.UPDATED, PathKind.CALL),
        ("roster", ChangeType.UPDATED, PathKind.PARTICIPANTS),
        ("delta_roster", ChangeType.UPDATED, PathKind.PARTICIPANTS),
        ("prompt_played", ChangeType.DELETED, PathKind.OPERATION),
        ("record_done", ChangeType.DELETED, PathKind.OPERATION),
        ("invite_failed", ChangeType.DELETED, PathKind.OPERATION),
        ("content_sharing", ChangeType.CREATED, PathKind.CONTENT_SHARING),
        ("rejected", ChangeType.DELETED, PathKind.CALL),
        ("terminated", ChangeType.DELETED, PathKind.CALL),
    ],
)
def test_every_kind_on_the_wire_is_routed_by_its_path(name: str, change: ChangeType, kind: PathKind) -> None:
    item = document(f"notification_{name}")
    notification = Notification.from_item(item)
    assert notification.change_type is change
    assert notification.path.kind is kind
    assert notification.call_id == CALL
    assert notification.resource_data is item["resourceData"]
    assert notification.resource_url == item["resourceUrl"]
    assert notification.raw is item


@pytest.mark.parametrize(
    "item",
    [
        {"resourceUrl": f"/communications/calls/{CALL}"},
        {"resource": f"/app/calls/{CALL}"},
        {"resourceUrl": "nonsense", "resource": f"/app/calls/{CALL}"},
        {"resourceUrl": 5, "resource": f"/app/calls/{CALL}"},
        {"resourceData": {"id": CALL}},
        {
            "resourceUrl": "/communications/calls",
            "resourceData": {"@odata.type": "#microsoft.graph.call", "id": CALL},
        },
        {
            "resourceUrl": f"/communications/calls/{CALL}",
            "resource": "/app/calls/other",
            "resourceData": {"id": "third"},
        },
    ],
)
def test_the_call_id_is_found_where_it_is(item: Mapping[str, object]) -> None:
    assert Notification.from_item(item).call_id == CALL


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"resourceData": [{"id": CALL}]},
        {"resourceData": {"id": ""}},
        {"resourceData": {"id": 5}},
        {"resourceData": {"@odata.type": "#microsoft.graph.playPromptOperation", "id": "op"}},
    ],
)
def test_no_call_id_is_invented(item: Mapping[str, object]) -> None:
    assert Notification.from_item(item).call_id is None


def test_a_roster_under_the_odd_path_is_a_roster() -> None:
    item = {
        "resourceUrl": f"/communications/calls/{CALL}/operations/participants",
        "resourceData": [{"id": "p"}],
    }
    assert Notification.from_item(item).path.kind is PathKind.PARTICIPANTS


def test_change_types_are_open() -> None:
    assert Notification.from_item({"changeType": "Updated"}).change_type is ChangeType.UPDATED
    assert Notification.from_item({"changeType": "renamed"}).change_type == "renamed"
    assert not Notification.from_item({}).change_type.known
    assert not Notification.from_item({"changeType": ["updated"]}).change_type.known


def test_what_has_no_name_is_kept() -> None:
    item = {
        "changeType": "updated",
        "subscriptionId": "s",
        "callbackUri": "https://bot.example.com/api/calls",
    }
    notification = Notification.from_item(item)
    assert notification.raw["subscriptionId"] == "s"
    assert notification.callback_uri == "https://bot.example.com/api/calls"
    assert notification.resource_data is None
