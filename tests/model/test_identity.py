import pytest

from callbot.model import (
    AcsUser,
    Application,
    CallResource,
    Encrypted,
    Guest,
    IdentitySet,
    ParticipantInfo,
    Phone,
    ResourceAccount,
    User,
    Who,
)
from tests.model.conftest import document


@pytest.mark.parametrize(
    ("who", "key"),
    [
        (User("u1", "Ana", "t1"), "user"),
        (Phone("+493012345678"), "phone"),
        (ResourceAccount("r1", "Hotline", "t1"), "applicationInstance"),
        (Application("a1", "Greeter"), "application"),
        (Guest("g1", "Visitor"), "guest"),
        (AcsUser("8:acs:x_y"), "azureCommunicationServicesUser"),
        (Encrypted("e1"), "encrypted"),
    ],
)
def test_what_a_developer_writes_comes_back_from_the_wire(who: Who, key: str) -> None:
    identities = who.to_identity_set()
    assert identities.to_wire()["@odata.type"] == "#microsoft.graph.identitySet"
    assert key in identities.to_wire()
    assert IdentitySet.model_validate_json(identities.model_dump_json()).who == who
    assert str(who.id) in repr(who)


def test_an_identity_holds_only_what_is_known() -> None:
    assert User("u1").to_identity_set().to_wire() == {
        "@odata.type": "#microsoft.graph.identitySet",
        "user": {"@odata.type": "#microsoft.graph.identity", "id": "u1"},
    }
    assert Guest(display_name="Visitor").to_identity_set().who == Guest(None, "Visitor")


def test_the_same_user_is_equal_whatever_else_is_known() -> None:
    assert User("u1", "Ana", "t1") == User("u1")
    assert len({User("u1", "Ana"), User("u1")}) == 1
    others: list[Who] = [Application("u1"), Encrypted("u1"), Guest("u1")]
    assert User("u1") not in others


def test_names_of_people_are_not_shown() -> None:
    assert "Ana" not in repr(User("u1", "Ana"))


@pytest.mark.parametrize(
    "number", ["030123456", "+49 30 123", "+0123", "0049301234", "+1234567890123456", "", "+", "anna"]
)
def test_a_number_that_is_not_e164_is_refused_with_the_way_to_write_it(number: str) -> None:
    with pytest.raises(ValueError, match="plus sign, the country code"):
        Phone(number)


def test_the_callers_number_is_taken_as_it_comes() -> None:
    caller = IdentitySet.model_validate({"phone": {"id": "anonymous"}}).who
    assert caller == Phone.as_received("anonymous")
    assert isinstance(caller, Phone)
    assert caller.id == caller.number == "anonymous"


def test_the_caller_of_a_call_is_typed() -> None:
    wire = document("notification_incoming")["resourceData"]
    call = CallResource.model_validate(wire)
    assert call.source is not None
    assert call.source.identity.who == User("b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11")
    assert call.targets[0].identity.who == Application("5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33")


def test_a_phone_call_to_a_resource_account_is_typed() -> None:
    call = CallResource.model_validate(document("notification_phone_incoming")["resourceData"])
    assert call.source is not None
    assert call.source.identity.who == Phone("+12025550100")
    assert call.source.participant_id == "3e6a1a0f-7f3a-4f39-8a0b-2d1c0b9a8f7e"
    assert isinstance(call.targets[0].identity.who, ResourceAccount)
    assert call.call_routes[0].original.who == Phone("+12025550101")
    assert call.incoming_context is not None
    assert call.incoming_context.transferor is not None
    assert call.incoming_context.transferor.who == Encrypted("x1")


def test_nulls_and_strangers_are_nobody() -> None:
    assert (
        IdentitySet.model_validate({"user": None, "device": {"id": "d"}, "phone": {"id": None}}).who is None
    )
    assert IdentitySet.model_validate({"user": {"displayName": "no id"}}).who is None
    assert ParticipantInfo.model_validate({}).identity.who is None
