"""The people of the emulated tenant: who they are and what they do when a phone rings."""

import uuid
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callbot.emulator.wire import JsonObject, identity_set, typed

Seconds = Annotated[float, Field(ge=0)]

KEYS = {
    **{str(digit): f"tone{digit}" for digit in range(10)},
    "*": "star",
    "#": "pound",
    **{letter.upper(): letter for letter in "abcd"},
}


class WhenCalled(StrEnum):
    """What a person does when called."""

    ANSWER = "answer"
    DECLINE = "decline"
    IGNORE = "ignore"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    NO_ENDPOINTS = "noEndpoints"


class Press(BaseModel):
    """A key a person presses by themselves: `after` seconds into the call, or after the prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[0-9*#A-D]$")
    after: Seconds = 0.5
    prompts: int = Field(0, ge=0, description="wait until so many prompts have been heard; 0 waits for none")


class Behaviour(BaseModel):
    """How a person behaves. Times are in seconds.

    `when_called` happens `after` seconds of ringing. A person who ignores a call can still be made to
    answer or decline it through the control API while it rings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when_called: WhenCalled = WhenCalled.ANSWER
    after: Seconds = 1.0
    presses: tuple[Press, ...] = ()
    hangs_up_after: Seconds | None = Field(None, description="after the call was established")
    speaks_for: Seconds = Field(3.0, description="how long they speak when a recording starts")


class Person(BaseModel):
    """Somebody the bot can call or be called by: a user of a tenant, or a telephone number.

    A person with a `phone` and no other kind is reached over the telephone network.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    id: str = Field(default_factory=lambda: str(uuid.uuid4()), min_length=1)
    display_name: str = ""
    tenant_id: str = ""
    phone: str | None = Field(None, pattern=r"^\+[1-9][0-9]{6,14}$")
    guest: bool = False
    behaviour: Behaviour = Behaviour()

    @property
    def identity(self) -> JsonObject:
        """This person's identitySet, as notifications carry it."""
        if self.phone:
            return identity_set(phone={"id": self.phone})
        if self.guest:
            return identity_set(guest={"id": self.id, "displayName": self.display_name})
        user = {"id": self.id, "displayName": self.display_name}
        if self.tenant_id:
            user |= {"tenantId": self.tenant_id, "identityProvider": "AAD"}
        return identity_set(user=user)

    @property
    def participant_info(self) -> JsonObject:
        """This person as the source of a call."""
        return typed(
            "participantInfo",
            {
                "identity": self.identity,
                "endpointType": "default",
                "region": "emea",
                "languageId": "en-US",
            },
        )


class Directory:
    """Everybody the emulator knows, found by object id or telephone number."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._people: dict[str, Person] = {}
        for person in people:
            self.add(person)

    def __iter__(self) -> Iterator[Person]:
        return iter(list(self._people.values()))

    def add(self, person: Person) -> Person:
        """Add a person, or put them in the place of one with the same id."""
        self._people[person.id.lower()] = person
        return person

    def find(self, key: str) -> Person | None:
        """Return the person with this object id or telephone number."""
        person = self._people.get(key.lower())
        if person is not None:
            return person
        return next((person for person in self._people.values() if person.phone == key), None)

    def named(self, who: str) -> Person:
        """Return a person by id, telephone number or display name; raises `KeyError`."""
        person = self.find(who)
        if person is None:
            person = next((one for one in self._people.values() if one.display_name == who), None)
        if person is None:
            raise KeyError(who)
        return person


DEFAULT_PEOPLE = (
    ("b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11", "Ana", WhenCalled.ANSWER),
    ("c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22", "Ben", WhenCalled.IGNORE),
    ("d3e8c1f2-9f5b-4c7f-8e66-7b2a3f4e5d33", "Chris", WhenCalled.DECLINE),
    ("e4f9d2a3-a06c-4d80-9f77-8c3b4a5f6e44", "Dana", WhenCalled.BUSY),
    ("f50ae3b4-b17d-4e91-a088-9d4c5b606f55", "Eli", WhenCalled.UNREACHABLE),
    ("061bf4c5-c28e-4fa2-b199-ae5d6c717066", "Femi", WhenCalled.ANSWER),
)
DEFAULT_PHONE = "+442079460123"


def default_people(tenant_id: str) -> tuple[Person, ...]:
    """Return the people of a fresh emulator: one for each way to react, and one on the telephone."""
    users = tuple(
        Person(id=key, display_name=name, tenant_id=tenant_id, behaviour=Behaviour(when_called=reaction))
        for key, name, reaction in DEFAULT_PEOPLE
    )
    return (*users, Person(id="phone-1", display_name="Gil", phone=DEFAULT_PHONE))
