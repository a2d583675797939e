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
from callbot.emulator.wire import JsonObject


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


class MediaQueue(Protocol):
    """What plays and records for a call."""

    def enqueue(self, operation: Operation) -> None:
        """Start an operation when those before it are over."""

    def cancel(self) -> None:
        """End everything that runs or waits."""


Hook = Callable[[], object]


@dataclass(slots=True)
class Hooks:
    """What else has to happen when something happens to a call; all but `prompt` run once."""

    established: list[Hook] = field(default_factory=list)
    audio: list[Hook] = field(default_factory=list)
    prompt: list[Hook] = field(default_factory=list)
    end: list[Hook] = field(default_factory=list)
    callback_failed: list[Hook] = field(default_factory=list)


@dataclass(eq=False, slots=True, kw_only=True)
class Call:
    """One call. Changed only by the functions of this package and of `media`."""

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
    chat_info: JsonObject | None = None
    meeting_info: JsonObject | None = None
    incoming_context: JsonObject | None = None
    answered_by: JsonObject | None = None
    subject: str | None = None
    ringing_timeout: int | None = None
    scenario_id: str | None = None
    audio_active: bool = False
    tones_subscribed: bool = False
    last_tone: JsonObject | None = None
    tone_count: int = 0
    result: Outcome | None = None
    operations: dict[str, Operation] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    transitions: list[TransitionEntry] = field(default_factory=list)
    timers: dict[int, Timer] = field(default_factory=dict)
    keep_alive: Timer | None = None
    ringing: Timer | None = None
    media: MediaQueue | None = None
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
        return self.state in (State.ESTABLISHED, State.TRANSFERRING, State.TRANSFER_ACCEPTED, State.HOLD)


class CallTable:
    """Every live call by its id, and the last ended ones for the log."""

    def __init__(self, remember_ended: int) -> None:
        self._live: dict[str, Call] = {}
        self._ended: dict[str, Call] = {}
        self._remember = remember_ended

    def __len__(self) -> int:
        return len(self._live)

    def add(self, call: Call) -> None:
        """Take in a new call."""
        self._live[call_key(call.id)] = call

    def live(self) -> list[Call]:
        """Return the calls that have not ended, oldest first."""
        return list(self._live.values())

    def every(self) -> list[Call]:
        """Return ended and live calls, the ended ones first."""
        return [*self._ended.values(), *self._live.values()]

    def find(self, call_id: str) -> Call | None:
        """Return a live call by its id, written with or without dashes, in any case."""
        return self._live.get(call_key(call_id))

    def find_any(self, call_id: str) -> Call | None:
        """Return a call that is live or remembered."""
        key = call_key(call_id)
        return self._live.get(key) or self._ended.get(key)

    def retire(self, call: Call) -> None:
        """Move a call that has ended to the remembered ones."""
        key = call_key(call.id)
        if self._live.pop(key, None) is not None:
            self._ended[key] = call
        while len(self._ended) > self._remember:
            del self._ended[next(iter(self._ended))]

    def clear(self) -> None:
        """Forget everything."""
        self._live.clear()
        self._ended.clear()


def run_hooks(hooks: list[Hook]) -> None:
    """Run hooks and forget them."""
    waiting, hooks[:] = list(hooks), []
    for hook in waiting:
        hook()


def call_key(call_id: str) -> str:
    """Return the form of an id that is equal however it is written."""
    return call_id.replace("-", "").lower()
