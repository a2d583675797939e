"""An operation a verb has begun, and how its end is recognised."""

import uuid

from callbot.model import CommsOperation, call_key
from callbot.state import OperationFinished


class Begun:
    """One operation. What Graph says of it carries its id, or the client context it was begun with, or both.

    The notification of its end can be faster than the answer that tells its id: what finished meanwhile is
    remembered until the id is known.
    """

    def __init__(self) -> None:
        self.context = str(uuid.uuid4())
        self.id: str | None = None
        self._passed: list[CommsOperation] = []

    def is_same(self, operation: CommsOperation) -> bool:
        """Whether `operation` is this one."""
        if self.id and operation.id and call_key(self.id) == call_key(operation.id):
            return True
        return operation.client_context == self.context

    def is_ended_by(self, finished: OperationFinished) -> bool:
        """Whether this is the end of the operation."""
        same = self.is_same(finished.operation)
        if not same and self.id is None:
            self._passed.append(finished.operation)
        return same

    def answered(self, answer: CommsOperation) -> CommsOperation | None:
        """Take note of the answer to the request; return the operation if it has finished already."""
        self.id = answer.id
        passed, self._passed = self._passed, []
        if answer.is_finished:
            return answer
        return next((one for one in passed if self.is_same(one)), None)
