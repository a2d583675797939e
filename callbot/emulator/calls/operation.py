"""An operation of a call: what a verb started and a notification finishes."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from callbot.emulator.settings import OperationOutcomes, Outcome
from callbot.emulator.wire import JsonObject, result_info, typed

SUCCESS = OperationOutcomes().done


class Status(StrEnum):
    """The status of an operation, as the wire spells it."""

    NOT_STARTED = "notStarted"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(eq=False, slots=True, kw_only=True)
class Operation:
    """One operation. `type` is its Graph type without the namespace; `details` are that type's own fields."""

    type: str
    client_context: str | None
    status: Status = Status.RUNNING
    result: Outcome | None = None
    details: JsonObject = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def finished(self) -> bool:
        """Whether nothing more will be heard of it."""
        return self.status in (Status.COMPLETED, Status.FAILED)

    def finish(self, result: Outcome = SUCCESS, **details: object) -> None:
        """Set the end: completed for a 2xx result, else failed."""
        self.status = Status.COMPLETED if result.code < 300 else Status.FAILED  # noqa: PLR2004 - HTTP's classes
        self.result = result
        self.details.update(details)

    def document(self) -> JsonObject:
        """Return the operation as REST answers and notifications show it."""
        return typed(
            self.type,
            {
                "id": self.id,
                "status": str(self.status),
                "clientContext": self.client_context,
                "resultInfo": outcome_json(self.result),
                **self.details,
            },
        )


def outcome_json(outcome: Outcome | None) -> JsonObject | None:
    """Return a resultInfo, or null when there is no result yet."""
    return None if outcome is None else result_info(outcome.code, outcome.subcode, outcome.message)
