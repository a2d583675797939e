import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.model import CallState, ChangeType, OpenEnum, OperationStatus, ToneName


def kinds() -> list[type[OpenEnum]]:
    return sorted(OpenEnum.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", kinds())
def test_members_are_found_in_any_case(kind: type[OpenEnum]) -> None:
    for member in kind:
        assert kind(member.value) is member
        assert kind(member.value.upper()) is member
        assert kind(member.value.title()) is member
        assert member.known


@given(st.sampled_from(kinds()), st.text())
def test_any_string_is_a_member_that_holds_it(kind: type[OpenEnum], text: str) -> None:
    member = kind(text)
    assert isinstance(member, kind)
    assert member.known or member == text
    assert kind(text) == member


def test_an_unknown_member_is_not_remembered() -> None:
    before = len(CallState)
    first, second = CallState("brandNew"), CallState("brandNew")
    assert first == second == "brandNew"
    assert first is not second
    assert not first.known
    assert first.name == first.value == "brandNew"
    assert len(CallState) == before


def test_an_unknown_member_is_copied_and_pickled() -> None:
    member = CallState("brandNew")
    assert copy.deepcopy(member) == pickle.loads(pickle.dumps(member)) == member
    assert {member: 1}["brandNew"] == 1  # type: ignore[index]


def test_only_strings_are_members() -> None:
    for odd in (None, 5, ["created"], {"created": 1}):
        with pytest.raises(ValueError, match="not a valid"):
            ChangeType(odd)  # type: ignore[arg-type]  # the wire is not type-checked


def test_pascal_case_of_the_metadata_and_camel_case_of_the_wire_are_one() -> None:
    assert OperationStatus("NotStarted") is OperationStatus.NOT_STARTED


@pytest.mark.parametrize("key", "0123456789*#ABCD")
def test_every_key_of_a_phone_has_a_tone(key: str) -> None:
    tone = ToneName.from_key(key)
    assert tone.known
    assert tone.key == key
    assert ToneName.from_key(key.lower()) is tone


def test_flash_and_unknown_tones_have_no_key_and_say_what_they_are() -> None:
    assert ToneName.from_key("flash") is ToneName.FLASH
    assert ToneName.FLASH.key == "flash"
    assert ToneName("tone99").key == "tone99"


def test_a_key_that_no_phone_has_is_refused() -> None:
    for odd in ("", "E", "10", "tone1"):
        with pytest.raises(ValueError, match="0-9"):
            ToneName.from_key(odd)
