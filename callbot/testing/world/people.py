"""The people of a simulated world and how they behave."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbot.emulator import Person, Press, WhenCalled
from callbot.model import Phone, User
from callbot.testing.stage import Impossible, Stage


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person. `callee` is what a bot calls them by: `await bot.place_call(ben.callee)`."""

    id: str
    name: str
    phone: str | None = None

    @property
    def callee(self) -> User | Phone:
        """This person as the verbs of a bot take them."""
        return Phone(self.phone) if self.phone is not None else User(self.id)


Who = str | Somebody
"""A person as a test names them: by name, id, telephone number, or as a `Somebody`."""


def key_of(who: Who) -> str:
    """Return what the emulator finds a person by."""
    return who.id if isinstance(who, Somebody) else who


def name_of(who: Who) -> str:
    """Return what to call a person in a sentence."""
    return who.name if isinstance(who, Somebody) else who


class People:
    """Everybody in the world of a stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._names: dict[str, str] = {}

    async def find(self, who: Who) -> Person | None:
        """Return a person by name, id or telephone number."""
        key = key_of(who)
        for person in await self._stage.people():
            if key.lower() in (person.id.lower(), person.phone, person.display_name.lower()):
                return person
        return None

    async def put(
        self,
        name: str,
        behaviour: dict[str, object],
        *,
        phone: str | None,
        guest: bool,
        tenant_id: str | None,
    ) -> Somebody:
        """Add somebody, or change who has this name."""
        person = await self.find(name)
        if person is None or (phone or tenant_id):
            person = person.model_copy() if person is not None else Person(display_name=name, guest=guest)
            person.phone = phone or person.phone
            person.tenant_id = tenant_id or person.tenant_id
            person = await self._stage.put_person(person)
        return _somebody(await self._stage.behave(person.id, behaviour) if behaviour else person)

    async def somebody(self, who: Who) -> Somebody:
        """Return a person; raises `Impossible` for one nobody knows."""
        person = await self.find(who)
        if person is None:
            known = ", ".join(sorted(one.display_name for one in await self._stage.people()))
            raise Impossible(
                f"there is nobody called {name_of(who)}; there are {known}, and world.person() adds one"
            )
        return _somebody(person)

    async def learn_names(self) -> None:
        """Look up what everybody is called, for `name`."""
        for person in await self._stage.people():
            for key in (person.id, person.phone):
                if key:
                    self._names[key.lower()] = person.display_name or key

    def name(self, key: str) -> str:
        """Return what the person with this id or number is called; the id itself for a stranger."""
        return self._names.get(key.lower(), key)


def behaviour(
    *,
    answers_after: float | None = None,
    declines_after: float | None = None,
    busy: bool = False,
    ignores: bool = False,
    unreachable: bool = False,
    presses: str | Sequence[Press] | None = None,
    hangs_up_after: float | None = None,
    speaks_for: float | None = None,
) -> dict[str, object]:
    """Return the fields of a `Behaviour` that these words mean; raises `ValueError` for two at once."""
    wanted = {
        WhenCalled.ANSWER: answers_after is not None,
        WhenCalled.DECLINE: declines_after is not None,
        WhenCalled.BUSY: busy,
        WhenCalled.IGNORE: ignores,
        WhenCalled.UNREACHABLE: unreachable,
    }
    reactions = [reaction for reaction, chosen in wanted.items() if chosen]
    if len(reactions) > 1:
        raise ValueError(f"a person cannot do all of this when called: {', '.join(reactions)}")
    keys = [Press(key=one) for one in presses] if isinstance(presses, str) else presses
    fields: dict[str, object] = {
        "when_called": reactions[0] if reactions else None,
        "after": answers_after if answers_after is not None else declines_after,
        "presses": None if keys is None else [one.model_dump() for one in keys],
        "hangs_up_after": hangs_up_after,
        "speaks_for": speaks_for,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _somebody(person: Person) -> Somebody:
    return Somebody(person.id, person.display_name, person.phone)
