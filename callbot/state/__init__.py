"""What is known of a call and how it changes: pure functions, no I/O, no asyncio.

A notification is a hint; `GET /communications/calls/{id}` is the truth. Every sighting of a call is an
observation; `fold` folds it into the call's record and returns what changed; `next_due` says when the call
must be looked at again.
"""

from callbot.state.changes import (
    Change,
    ContentSharingChange,
    MediaChange,
    OperationFinished,
    ParticipantLeft,
    RecordingChange,
    RosterChange,
    Source,
    Tone,
    TranscriptionChange,
    Transition,
)
from callbot.state.fold import fold
from callbot.state.folded import Folded, Verdict
from callbot.state.observation import (
    Created,
    Document,
    Doubted,
    Gone,
    KeptAlive,
    Notified,
    Observation,
    OperationRead,
    Read,
    RosterRead,
    SetBack,
    TransferBegun,
)
from callbot.state.policy import policy_payload
from callbot.state.record import Record, Retreat
from callbot.state.schedule import Due, DueKind, Policy, next_due

__all__ = [
    "Change",
    "ContentSharingChange",
    "Created",
    "Document",
    "Doubted",
    "Due",
    "DueKind",
    "Folded",
    "Gone",
    "KeptAlive",
    "MediaChange",
    "Notified",
    "Observation",
    "OperationFinished",
    "OperationRead",
    "ParticipantLeft",
    "Policy",
    "Read",
    "Record",
    "RecordingChange",
    "Retreat",
    "RosterChange",
    "RosterRead",
    "SetBack",
    "Source",
    "Tone",
    "TranscriptionChange",
    "TransferBegun",
    "Transition",
    "Verdict",
    "fold",
    "next_due",
    "policy_payload",
]
