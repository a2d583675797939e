"""A conversation: the people and bots that hear each other."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from callbot.emulator.people import Person
from callbot.emulator.wire import JsonObject


class Kind(StrEnum):
    """What a conversation is. Only the last two have a roster."""

    PEER_TO_PEER = "peerToPeer"
    GROUP = "group"
    MEETING = "meeting"


@dataclass(eq=False, slots=True, kw_only=True)
class Participant:
    """Somebody in a conversation: a person, or the leg of a bot (then `person` is None)."""

    identity: JsonObject
    person: Person | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(eq=False, slots=True, kw_only=True)
class Conversation:
    """Who is together. `chain_id` is what correlates all its legs."""

    kind: Kind
    chain_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    participants: dict[str, Participant] = field(default_factory=dict)

    def add(self, participant: Participant) -> Participant:
        """Take somebody in."""
        self.participants[participant.id] = participant
        return participant

    def people(self) -> list[Participant]:
        """Return the participants that are people."""
        return [participant for participant in self.participants.values() if participant.person is not None]
