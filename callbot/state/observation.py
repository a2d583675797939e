"""Every way a call can be sighted. `at` is always the wall time in seconds since the Unix epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from callbot.model import ChangeType, ResourcePath

Document = Mapping[str, object]


class Notified(NamedTuple):
    """One notification: a hint. What it leaves out is unchanged."""

    at: float
    app_id: str
    tenant_id: str | None
    call_id: str
    path: ResourcePath
    change_type: ChangeType
    data: object


@dataclass(frozen=True, slots=True)
class Created:
    """The `201` of a create: a call of our own making."""

    at: float
    app_id: str
    tenant_id: str | None
    call_id: str
    resource: Document
    data: Document | None = None  # what the bot itself wants to remember of it
    scenario_id: str | None = None  # what the bot names it by towards Graph


@dataclass(frozen=True, slots=True)
class Read:
    """The `200` of a read: the truth, as it was some time between `asked_at` and `at`."""

    at: float
    asked_at: float
    resource: Document


@dataclass(frozen=True, slots=True)
class OperationRead:
    """The `200` of a read of an operation: what has become of it, in case the notification was lost."""

    at: float
    operation: Document


@dataclass(frozen=True, slots=True)
class RosterRead:
    """The `200` of a read of the participants: the whole roster, some time between `asked_at` and `at`."""

    at: float
    asked_at: float
    participants: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Gone:
    """A `404` for the call on any request: it has ended, and nobody said so."""

    at: float


@dataclass(frozen=True, slots=True)
class KeptAlive:
    """The `200` of a keep-alive: the call lives."""

    at: float


@dataclass(frozen=True, slots=True)
class TransferBegun:
    """The bot is about to ask Graph for a transfer: what is notified of one from now on is no old news."""

    at: float


@dataclass(frozen=True, slots=True)
class Doubted:
    """A reason to read the call again that does not come from the call itself."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class SetBack:
    """The wall clock was set back to `at`: what was noted before must not lie ahead of it."""

    at: float


Observation = (
    Notified
    | Created
    | Read
    | OperationRead
    | RosterRead
    | Gone
    | KeptAlive
    | TransferBegun
    | Doubted
    | SetBack
)
