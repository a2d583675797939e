import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.model import PathKind, ResourcePath, call_key

CALL = "0c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a01"


@pytest.mark.parametrize(
    ("rest", "kind", "sub_id"),
    [
        ("", PathKind.CALL, None),
        ("/", PathKind.CALL, None),
        ("?$select=state", PathKind.CALL, None),
        ("/participants", PathKind.PARTICIPANTS, None),
        ("/Participants/", PathKind.PARTICIPANTS, None),
        ("/participants/P-1", PathKind.PARTICIPANT, "P-1"),
        ("/operations/Op-1", PathKind.OPERATION, "Op-1"),
        ("/operations/participants", PathKind.OPERATION, None),
        ("/operations", PathKind.UNKNOWN, None),
        ("/contentsharingsessions", PathKind.CONTENT_SHARING, None),
        ("/contentSharingSessions/s1", PathKind.CONTENT_SHARING, "s1"),
        ("/audioRoutingGroups", PathKind.AUDIO_ROUTING_GROUPS, None),
        ("/audioRoutingGroups/oneToOne", PathKind.AUDIO_ROUTING_GROUPS, "oneToOne"),
        ("/microsoft.graph.answer", PathKind.UNKNOWN, None),
        ("/participants/p1/mute", PathKind.UNKNOWN, None),
    ],
)
@pytest.mark.parametrize(
    "start",
    [
        "/communications/calls/",
        "communications/calls/",
        "/app/calls/",
        "/Communications/Calls/",
        "https://graph.microsoft.com/v1.0/communications/calls/",
        "https://graph.microsoft.us/beta//app/calls/",
    ],
)
def test_paths_are_read_in_every_form(start: str, rest: str, kind: PathKind, sub_id: str | None) -> None:
    assert ResourcePath.parse(start + CALL + rest) == (CALL, call_key(CALL), kind, sub_id)


def test_the_key_syntax_of_odata_is_read() -> None:
    path = ResourcePath.parse(f"communications/calls('{CALL}')/participants")
    assert (path.call_id, path.kind) == (CALL, PathKind.PARTICIPANTS)


@pytest.mark.parametrize(
    "text", ["", "/", "/communications/calls", "/communications/calls/", "/users/u1", "?", "#"]
)
def test_a_path_without_a_call_is_unknown(text: str) -> None:
    assert ResourcePath.parse(text) == (None, None, PathKind.UNKNOWN, None)


@given(st.text())
def test_no_path_is_an_error(text: str) -> None:
    path = ResourcePath.parse(text)
    assert (path.call_id is None) == (path.key is None)


@given(st.uuids())
def test_ids_compare_without_dashes_and_case(identifier: object) -> None:
    written = str(identifier)
    assert call_key(written) == call_key(written.upper()) == call_key(written.replace("-", ""))


def test_the_id_is_kept_as_it_was_written() -> None:
    assert ResourcePath.parse(f"/app/calls/{CALL.upper()}").call_id == CALL.upper()
    assert ResourcePath.of_call(CALL) == ResourcePath.parse(f"/communications/calls/{CALL}")
