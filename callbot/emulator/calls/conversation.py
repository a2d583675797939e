"""A conversation: the people and bots that hear each other."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from callbot.emulator.tenant.meetings import Meeting
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject, typed


class Kind(StrEnum):
    """What a conversation is. Only the last two have a roster."""

    PEER_TO_PEER = "peerToPeer"
    GROUP = "group"
    MEETING = "meeting"


@dataclass(eq=False, slots=True, kw_only=True)
class Participant:
    """Somebody in a conversation: a person, or the leg of a bot (then `person` is None).

    `hidden` participants are in nobody's roster but their own. `recording` is the recordingStatus that a
    policy-recording bot has reported for them.
    """

    identity: JsonObject
    person: Person | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    muted: bool = False
    in_lobby: bool = False
    hidden: bool = False
    hears_music: bool = False
    sharing: bool = False
    recording: str | None = None
    recorded_by: JsonObject | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Conversation:
    """Who is together.

    `chain_id` is what correlates all its legs; `sequence` counts the changes of the roster; `shared` are
    the ids of the contents that are shown, by the participant who shows them.
    """

    kind: Kind
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    chain_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    participants: dict[str, Participant] = field(default_factory=dict)
    meeting: Meeting | None = None
    thread_id: str | None = None
    message_id: str = "0"
    subject: str | None = None
    sequence: int = 0
    shared: dict[str, str] = field(default_factory=dict)

    @property
    def has_roster(self) -> bool:
        """Whether participants are told of each other."""
        return self.kind is not Kind.PEER_TO_PEER

    @property
    def chat_info(self) -> JsonObject | None:
        """The chat of the conversation."""
        if self.thread_id is None:
            return None
        return typed(
            "chatInfo",
            {"threadId": self.thread_id, "messageId": self.message_id, "replyChainMessageId": None},
        )

    def add(self, participant: Participant) -> Participant:
        """Take somebody in."""
        self.participants[participant.id] = participant
        return participant

    def people(self) -> list[Participant]:
        """Return the participants that are people."""
        return [participant for participant in self.participants.values() if participant.person is not None]

    def find_person(self, who: str | None) -> Participant | None:
        """Return a person by participant id, object id, number or name; the first one for None."""
        for participant in self.people():
            person = participant.person
            if person is not None and (
                who is None or who in (participant.id, person.id, person.phone, person.display_name)
            ):
                return participant
        return None
