import copy
import json
import pickle
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from callbot.model import (
    CallResource,
    CallState,
    CommsOperation,
    MediaInfo,
    Notification,
    Participant,
    Resource,
)
from tests.model.conftest import document, models, read_everything

MODELS = models()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def odd_documents(draw: st.DrawFn) -> tuple[type[Resource], dict[str, object]]:
    """A model, and a document with some of its keys and some others, each holding anything at all."""
    model = draw(st.sampled_from(MODELS))
    keys = [info.alias or name for name, info in model.model_fields.items()]
    key = st.sampled_from([*keys, "@odata.type", "subCode", "somethingNew"]) if keys else st.text()
    return model, draw(st.dictionaries(key, json_values, max_size=8))


@given(odd_documents())
def test_any_json_object_parses_reads_and_dumps_to_itself(
    odd: tuple[type[Resource], dict[str, object]],
) -> None:
    model, wire = odd
    before = copy.deepcopy(wire)
    resource = model.model_validate(wire)
    read_everything(resource)
    assert resource.to_wire() is wire
    assert resource.model_dump() == before
    assert resource.model_dump(mode="json") == before
    assert json.loads(resource.model_dump_json()) == before
    assert model.model_validate_json(json.dumps(wire)).model_dump() == before
    assert repr(resource).startswith(type(resource).__name__)


@given(st.dictionaries(st.text(), json_values))
def test_any_json_object_is_a_notification(item: dict[str, object]) -> None:
    assert Notification.from_item(item).raw is item


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "changeType": json_values,
            "resourceUrl": json_values | st.text("/calsopertinCAL-0'()?#"),
            "resource": json_values,
            "resourceData": json_values,
            "callbackUri": json_values,
        },
    )
)
def test_odd_values_in_a_notification_are_no_error(item: dict[str, object]) -> None:
    notification = Notification.from_item(item)
    assert notification.call_id is None or notification.call_id


def test_the_examples_lose_nothing(example: Mapping[str, object]) -> None:
    calls = [example, example.get("resourceData")]
    for wire in calls:
        if isinstance(wire, dict):
            call = CallResource.model_validate(wire)
            read_everything(call)
            assert call.model_dump() == wire
            assert json.loads(call.model_dump_json()) == wire
            assert CallResource.model_validate_json(json.dumps(wire)) == call


def test_every_key_of_both_documented_calls_is_typed() -> None:
    for name in ("get_peer_to_peer", "get_group"):
        call = CallResource.model_validate(document(name))
        assert set(call.model_extra) == {"@odata.type", "@odata.context"}


def test_enum_case_number_strings_and_spellings_survive() -> None:
    wire = {
        "state": "Terminated",
        "resultInfo": {"code": "0", "subCode": "7015"},
        "new": [1],
        "subject": None,
    }
    call = CallResource.model_validate(wire)
    assert call.state is CallState.TERMINATED
    assert call.result_info is not None
    assert (call.result_info.code, call.result_info.subcode) == (0, 7015)
    assert call.model_dump() == wire


def test_one_odd_field_costs_only_itself() -> None:
    wire = {"state": 5, "source": "nobody", "targets": [7, {"identity": {"user": {"id": "u"}}}], "id": "c1"}
    wire["callRoutes"] = "none"
    call = CallResource.model_validate(wire)
    assert call.id == "c1"
    assert call.call_routes == []
    assert call.state is None
    assert call.source is None
    assert [target.identity.user.id for target in call.targets if target.identity.user] == ["u"]
    assert call.to_wire() == wire


def test_a_required_object_that_is_missing_reads_as_empty() -> None:
    participant = Participant.model_validate({"id": "p"})
    assert participant.info.identity.user is None
    assert participant.to_wire() == {"id": "p"}


def test_what_is_not_an_object_is_refused() -> None:
    for odd in ("text", 5, None, [1]):
        with pytest.raises(ValidationError):
            CallResource.model_validate(odd)


def test_undeclared_keys_are_attributes() -> None:
    call = CallResource.model_validate({"brandNew": {"a": 1}})
    assert getattr(call, "brandNew") == {"a": 1}  # noqa: B009 - unknown to the type checker, as it should be
    assert call.model_extra == {"brandNew": {"a": 1}}
    assert not hasattr(call, "neverHeardOf")


def test_a_roster_parses_as_a_list() -> None:
    wire = [{"id": "a"}, {"id": "b"}]
    roster = TypeAdapter(list[Participant]).validate_python(wire)
    assert [participant.id for participant in roster] == ["a", "b"]


def test_resources_are_copied_pickled_and_compared_by_their_documents() -> None:
    call = CallResource.model_validate(document("get_group"))
    for twin in (
        copy.copy(call),
        copy.deepcopy(call),
        pickle.loads(pickle.dumps(call)),
        call.model_copy(deep=True),
    ):
        assert twin == call
        assert hash(twin) == hash(call)
        assert twin.model_dump() == document("get_group")
    assert call != CallResource.model_validate({})
    assert call != CommsOperation.model_validate(document("get_group"))
    assert call != document("get_group")


def test_resources_cannot_be_changed() -> None:
    call = CallResource.model_validate({"id": "c1"})
    with pytest.raises(ValidationError, match="frozen"):
        call.id = "c2"  # type: ignore[misc]


def test_a_changed_copy_gives_back_the_changed_document() -> None:
    wire = {"state": "established", "resultInfo": {"code": 1, "subCode": 2}, "new": 1}
    call = CallResource.model_validate(wire)
    ended = call.model_copy(update={"state": CallState.TERMINATED, "callChainId": "x", "result_info": None})
    assert ended.state is CallState.TERMINATED
    assert ended.call_chain_id == "x"
    assert ended.to_wire() == {"state": "terminated", "callChainId": "x", "resultInfo": None, "new": 1}
    assert call.to_wire() == wire
    assert call.result_info is not None
    fixed = call.result_info.model_copy(update={"subcode": 7})
    assert fixed.to_wire() == {"code": 1, "subcode": 7}


def test_iterating_gives_every_field_and_every_other_key() -> None:
    media = MediaInfo.model_validate({"uri": "https://x", "extra": 1})
    assert dict(media) == {"uri": "https://x", "resource_id": None, "extra": 1}
    assert media.model_fields_set == {"uri"}


def test_secrets_and_names_stay_out_of_the_representation() -> None:
    wire = {
        "subject": "Salary talk",
        "meetingInfo": {"token": "s3cret"},
        "source": {"identity": {"user": {"id": "u", "displayName": "Ana"}}},
        "operations": [{"recordingAccessToken": "s3cret", "id": "op"}],
    }
    shown = repr(CallResource.model_validate(wire))
    assert "op" in shown
    for hidden in ("Salary", "s3cret", "Ana"):
        assert hidden not in shown
