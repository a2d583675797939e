"""How a call or an operation ended, in the platform's numbers.

https://learn.microsoft.com/graph/api/resources/resultinfo
"""

from typing import ClassVar

from pydantic import AliasChoices, Field

from callbot.codes import Explanation, explain
from callbot.model.base import Resource

_OK, _NOT_OK = 200, 300

GONE = "The call was not found any more."
"""The message of a result that callbot gave itself: Graph said no more than 404 of the call."""


class ResultInfo(Resource):
    """A result. The wire writes its numbers as numbers or strings, and `subcode` also as `subCode`."""

    graph_type: ClassVar[str] = "resultInfo"

    code: int | None = None
    subcode: int | None = Field(
        default=None, validation_alias=AliasChoices("subcode", "subCode"), serialization_alias="subcode"
    )
    message: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the code is 0 or 2xx. A call can end so without ever having been answered."""
        return self.code is not None and (self.code == 0 or _OK <= self.code < _NOT_OK)

    def explain(self) -> Explanation:
        """Return the cause in plain words, and the likely fix."""
        if self.code is None and self.message == GONE:
            return Explanation(
                f"{GONE} Graph keeps no history, so it is not known why it ended.", known=False
            )
        return explain(self.code, self.subcode)
