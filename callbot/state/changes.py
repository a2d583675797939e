"""What can change in a call, as handlers are told. `at` is wall time in seconds since the Unix epoch.

They are tuples with names: nearly every callback makes one, in a third of the time of a dataclass that cannot
be changed, and so is the class itself made when callbot is imported, in a fifth.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from callbot.model import (
    CallState,
    CallTranscriptionState,
    CommsOperation,
    MediaState,
    Participant,
    RecordingStatus,
    ResultInfo,
    ToneName,
)


class Source(StrEnum):
    """How a transition became known."""

    CREATED = "created"
    NOTIFICATION = "notification"
    READ = "read"
    GONE = "gone"


class Transition(NamedTuple):
    """A change of the call's state, as observed: nothing is invented between `old` and `new`.

    `old` is None for the first sighting. `seq` counts the transitions of the call from 1, without gaps.
    `inferred` is True when Graph did not say so itself (the call was not found any more). `result` says
    why, where Graph gave a reason. `redelivered` is True when a process died in the middle of this
    transition's handler and it runs again.
    """

    call_id: str
    seq: int
    old: CallState | None
    new: CallState
    source: Source
    at: float
    result: ResultInfo
    inferred: bool = False
    redelivered: bool = False

    @property
    def when(self) -> datetime:
        """When it was observed."""
        return datetime.fromtimestamp(self.at, UTC)


class MediaChange(NamedTuple):
    """The call's audio became active or inactive: nothing can be heard before it is active."""

    call_id: str
    audio: MediaState
    at: float

    @property
    def active(self) -> bool:
        """Whether audio flows now."""
        return self.audio is MediaState.ACTIVE


class Tone(NamedTuple):
    """A key somebody pressed. `sequence_id` orders the tones of a call, also when they arrive otherwise."""

    call_id: str
    sequence_id: int
    name: ToneName
    at: float

    @property
    def key(self) -> str:
        """The key as it is printed on a phone: "0" to "9", "*", "#", "A" to "D", "flash"."""
        return self.name.key


class RosterChange(NamedTuple):
    """Who joined, who left and who changed (muted, in the lobby, sharing...) since the last roster."""

    call_id: str
    joined: tuple[Participant, ...]
    left: tuple[Participant, ...]
    changed: tuple[Participant, ...]
    at: float


class OperationFinished(NamedTuple):
    """A prompt, a recording, an invitation... has finished; its status says how."""

    call_id: str
    operation: CommsOperation
    at: float


class ContentSharingChange(NamedTuple):
    """Somebody started or stopped to share content."""

    call_id: str
    content_sharing_id: str
    started: bool
    at: float


class TranscriptionChange(NamedTuple):
    """The transcription of the call was started or stopped."""

    call_id: str
    state: CallTranscriptionState
    at: float


class RecordingChange(NamedTuple):
    """The recording status that a participant shows has changed."""

    call_id: str
    participant: Participant
    status: RecordingStatus
    at: float


class ParticipantLeft(NamedTuple):
    """Somebody left whom a policy-recording bot had taken in beside the one it was called for."""

    call_id: str
    participant_id: str
    at: float


Change = (
    Transition
    | MediaChange
    | Tone
    | RosterChange
    | OperationFinished
    | ContentSharingChange
    | TranscriptionChange
    | RecordingChange
    | ParticipantLeft
)
