"""What the emulator knows about one call: a bot's own leg in a conversation."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from callbot.clock import Timer
from callbot.emulator.calls.conversation import Conversation, Participant
from callbot.emulator.calls.operation import Operation
from callbot.emulator.journal import TransitionEntry
from callbot.emulator.settings import AppRegistration, Outcome
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject

Hook = Callable[[], object]


class State(StrEnum):
    """The states of a call, as the wire spells them."""

    INCOMING = "incoming"
    ESTABLISHING = "establishing"
    RINGING = "ringing"
    ESTABLISHED = "established"
    HOLD = "hold"
    TRANSFERRING = "transferring"
    TRANSFER_ACCEPTED = "transferAccepted"
    REDIRECTING = "redirecting"
    TERMINATING = "terminating"
    TERMINATED = "terminated"


CONNECTED = frozenset({State.ESTABLISHED, State.HOLD, State.TRANSFERRING, State.TRANSFER_ACCEPTED})


class Direction(StrEnum):
    """Who placed a call, seen from the bot."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


@dataclass(slots=True)
class Heard:
    """A prompt that the people in a call heard. `end` is None while it plays; `whole` says it was not cut."""

    uri: str
    resource_id: str | None
    start: float
    end: float | None = None
    whole: bool = False


class Listener(Protocol):
    """What hears the keys pressed in a call."""

    def key(self, key: str) -> None:
        """Hear a key that somebody pressed."""


@dataclass(eq=False, slots=True, kw_only=True)
class Pending:
    """Somebody whose phone rings because of a call."""

    person: Person
    on_answer: Hook
    on_failure: Callable[[Outcome, str], object]
    participant_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timers: list[Timer] = field(default_factory=list)


@dataclass(slots=True)
class Hooks:
    """What else has to happen when something happens to a call; all but `prompt` run once.

    `stop` lets go of what the call uses, `end` is what follows from its end.
    """

    established: list[Hook] = field(default_factory=list)
    audio: list[Hook] = field(default_factory=list)
    prompt: list[Hook] = field(default_factory=list)
    stop: list[Hook] = field(default_factory=list)
    end: list[Hook] = field(default_factory=list)
    callback_failed: list[Hook] = field(default_factory=list)


@dataclass(slots=True)
class Policy:
    """What makes a call one of a policy-recording bot: who is recorded, and how many it takes."""

    observed: Participant
    bot_data: JsonObject
    capacity: int = 1
    taken: int = 1


@dataclass(eq=False, slots=True, kw_only=True)
class Call:
    """One call. Changed only by the functions of `flow`, `meetings` and `media`."""

    app: AppRegistration
    tenant_id: str
    direction: Direction
    conversation: Conversation
    me: Participant
    callback_uri: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: State | None = None
    source: JsonObject | None = None
    targets: list[object] = field(default_factory=list)
    modalities: list[object] = field(default_factory=lambda: ["audio"])
    media_config: JsonObject | None = None
    call_options: JsonObject | None = None
    call_routes: list[object] = field(default_factory=list)
    chat_info: JsonObject | None = None
    meeting_info: JsonObject | None = None
    incoming_context: JsonObject | None = None
    answered_by: JsonObject | None = None
    transcription: JsonObject | None = None
    subject: str | None = None
    ringing_timeout: int | None = None
    scenario_id: str | None = None
    policy: Policy | None = None
    redirected: bool = False
    audio_active: bool = False
    tones_subscribed: bool = False
    tone_count: int = 0
    result: Outcome | None = None
    operations: dict[str, Operation] = field(default_factory=dict)
    routing_groups: dict[str, JsonObject] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    sent_tones: list[str] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    transitions: list[TransitionEntry] = field(default_factory=list)
    timers: dict[int, Timer] = field(default_factory=dict)
    keep_alive: Timer | None = None
    ringing: Timer | None = None
    media: Listener | None = None
    hooks: Hooks = field(default_factory=Hooks)

    @property
    def over(self) -> bool:
        """Whether the call has ended: every request for it now gets a 404."""
        return self.state is State.TERMINATED

    @property
    def chain_id(self) -> str:
        """The id that all legs of the conversation share."""
        return self.conversation.chain_id

    @property
    def service_hosted(self) -> bool:
        """Whether the platform handles the media, so that prompts can be played."""
        kind = str((self.media_config or {}).get("@odata.type", ""))
        return kind.rpartition(".")[2] != "appHostedMediaConfig"

    @property
    def connected(self) -> bool:
        """Whether people and bot are in the same conversation now."""
        return self.state in CONNECTED

    @property
    def alerting(self) -> bool:
        """Whether an outgoing call still waits for somebody."""
        return self.state in (State.ESTABLISHING, State.RINGING)

    def option(self, name: str) -> bool:
        """Return one of the callOptions."""
        return (self.call_options or {}).get(name) is True


def run_hooks(hooks: list[Hook]) -> None:
    """Run hooks and forget them."""
    waiting, hooks[:] = list(hooks), []
    for hook in waiting:
        hook()
