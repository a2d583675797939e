"""What one verb of the calls API is: the single declaration that requests, checks and docs are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from callbot.errors import GraphError
from callbot.graph.limits import Limit, parameter_name

CHINA = frozenset({"China"})
GOVERNMENT = frozenset({"UsGovL4", "UsGovL5"})

# https://learn.microsoft.com/graph/permissions-reference#calls-permissions
INITIATE = "Calls.Initiate.All"
INITIATE_GROUP = "Calls.InitiateGroupCall.All"
JOIN = "Calls.JoinGroupCall.All"
JOIN_AS_GUEST = "Calls.JoinGroupCallAsGuest.All"
ACCESS_MEDIA = "Calls.AccessMedia.All"

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Repeat(StrEnum):
    """When a request may be sent again."""

    REFUSED = "only when it certainly had no effect"
    FREELY = "also when its answer was lost: twice does no harm"


class Outcome(StrEnum):
    """How one learns what a verb has achieved."""

    NOW = "in the answer"
    OPERATION = "when the operation ends"
    NOTIFICATIONS = "in later notifications of the call"


@dataclass(frozen=True, slots=True)
class Verb:
    """One operation of the API.

    `name` is the method of `GraphClient` (those of the beta API are under `beta.`), `path` is below the API
    version, `permissions` are application permissions (none where the API asks for none),
    `lacking` the clouds without the operation, `gaps` the body keys that some clouds lack
    (`participants.hidden` is a key of the items of another),
    `follows` the notifications to expect, `docs` the vendor's page below
    https://learn.microsoft.com/graph/api/.
    `settled_by` are the errors that, as the answer to a repeat, show that the first try whose answer was lost
    had its effect. `names_call` is true where a 404 means that the call itself is gone.
    """

    name: str
    does: str
    method: Method
    path: str
    docs: str
    permissions: tuple[str, ...] = ()
    outcome: Outcome = Outcome.NOW
    follows: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    repeat: Repeat = Repeat.REFUSED
    settled_by: tuple[type[GraphError], ...] = ()
    lacking: frozenset[str] = CHINA
    gaps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names_call: bool = True
    version: Literal["v1.0", "beta"] = "v1.0"

    @property
    def documentation(self) -> str:
        """The address of the vendor's page."""
        view = "?view=graph-rest-beta" if self.version == "beta" else ""
        return f"https://learn.microsoft.com/graph/api/{self.docs}{view}"

    def complaint(self, cloud: str, body: Mapping[str, object] | None) -> str | None:
        """Return why this verb cannot be sent with `body` in `cloud`, or None."""
        if cloud in self.lacking:
            return f"the cloud {cloud} does not have this operation"
        if not body:
            return None
        for path, clouds in self.gaps.items():
            if cloud in clouds and _holds(body, path.split(".")):
                return f"the cloud {cloud} does not have the parameter {parameter_name(path)}"
        for limit in self.limits:
            complaint = limit.complaint(body)
            if complaint is not None:
                return complaint
        return None


def _holds(value: object, path: Sequence[str]) -> bool:
    """Return whether a body has something at the end of `path`; lists on the way are searched."""
    if not path:
        return value is not None
    if isinstance(value, Mapping):
        return _holds(value.get(path[0]), path[1:])
    if isinstance(value, list | tuple):
        return any(_holds(item, path) for item in value)
    return False
