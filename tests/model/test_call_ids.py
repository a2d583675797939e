"""What could be the id of a call, and what only looks like one."""

import pytest

from callbot.model import Notification, ResourcePath
from tests.state.wire import CALL_ID


@pytest.mark.parametrize("identifier", [CALL_ID, CALL_ID.replace("-", "").upper(), "_a.b:c", "7"])
def test_an_id_is_opaque(identifier: str) -> None:
    assert ResourcePath.parse(f"/communications/calls/{identifier}").call_id == identifier


@pytest.mark.parametrize(
    "identifier", [".", "..", "-", "--", " ", "a b", "a\nb", "\x00", "\u202e", "x" * 501]
)
def test_what_no_address_could_hold_names_no_call(identifier: str) -> None:
    """Such a call could never be read, so it would be looked after for ever."""
    path = f"/communications/calls/{identifier}"
    assert ResourcePath.parse(path).call_id is None
    assert ResourcePath.parse(f"{path}/operations/7").call_id is None
    item = {"resourceUrl": path, "resourceData": {"id": identifier}}
    assert Notification.from_item(item).call_id is None
