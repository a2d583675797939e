"""What a simulated world needs of the place it plays in."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from callbot.emulator import Meeting, Person
from callbot.testing.stage.sights import JsonObject, Sight


class Impossible(Exception):
    """Somebody was to do what cannot be done now; the message says why."""


class Stage(Protocol):
    """An emulator, near or far. People and meetings are named as the control API names them.

    Every method may raise `Impossible`.
    """

    async def place_call(self, body: Mapping[str, object]) -> str:
        """Let a person call the bot; returns the call's id."""
        ...

    async def invite_bot(self, person: str, meeting: str | None) -> str:
        """Let somebody in a meeting invite the bot; returns the call's id."""
        ...

    async def record_call(self, observed: str, other: str) -> str:
        """Start a call the bot has to record; returns the id of the bot's call."""
        ...

    async def act(self, call: str, action: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Let something happen in a call."""
        ...

    async def sight(self, call: str) -> Sight:
        """Return a call as it is now."""
        ...

    async def calls(self) -> Sequence[str]:
        """Return the ids of all calls, in no order."""
        ...

    async def log(self, call: str | None = None, after: int = 0) -> Sequence[JsonObject]:
        """Return the entries of the log, of one call or of all, after a sequence number."""
        ...

    async def people(self) -> Sequence[Person]:
        """Return everybody there is."""
        ...

    async def put_person(self, person: Person) -> Person:
        """Add somebody, or put them in the place of who has the same id."""
        ...

    async def behave(self, person: str, changes: Mapping[str, object]) -> Person:
        """Change how somebody behaves from now on: fields of `Behaviour`."""
        ...

    async def put_meeting(self, meeting: Meeting) -> Meeting:
        """Add a meeting, or put it in the place of the one with the same thread."""
        ...

    async def set_faults(self, changes: Mapping[str, object]) -> None:
        """Change what goes wrong: fields of `FaultSettings`, whose `rates` are replaced as a whole."""
        ...

    async def inject(self, body: Mapping[str, object]) -> None:
        """Ask for single faults."""
        ...

    async def silence(self, seconds: float) -> None:
        """Lose every callback for so long."""
        ...

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key."""
        ...

    async def go_dark(self, seconds: float) -> None:
        """Refuse every connection for so long."""
        ...

    async def changed(self) -> None:
        """Return when something may have changed since this was called."""
        ...
