"""Every way a call can be sighted. `at` is always the wall time in seconds since the Unix epoch."""

from collections.abc import Mapping, Sequence
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


class Created(NamedTuple):
    """The `201` of a create: a call of our own making."""

    at: float
    app_id: str
    tenant_id: str | None
    call_id: str
    resource: Document
    data: Document | None = None  # what the bot itself wants to remember of it
    scenario_id: str | None = None  # what the bot names it by towards Graph


class Read(NamedTuple):
    """The `200` of a read: the truth, as it was some time between `asked_at` and `at`."""

    at: float
    asked_at: float
    resource: Document


class OperationRead(NamedTuple):
    """The `200` of a read of an operation: what has become of it, in case the notification was lost."""

    at: float
    operation: Document


class RosterRead(NamedTuple):
    """The `200` of a read of the participants: the whole roster, some time between `asked_at` and `at`."""

    at: float
    asked_at: float
    participants: Sequence[Document]


class Gone(NamedTuple):
    """A `404` for the call on any request: it has ended, and nobody said so."""

    at: float


class KeptAlive(NamedTuple):
    """The `200` of a keep-alive: the call lives."""

    at: float


class TransferBegun(NamedTuple):
    """The bot is about to ask Graph for a transfer: what is notified of one from now on is no old news."""

    at: float


class Doubted(NamedTuple):
    """A reason to read the call again that does not come from the call itself."""

    at: float
    reason: str


class SetBack(NamedTuple):
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
