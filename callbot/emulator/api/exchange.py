"""One request to the emulated Graph and its answer, apart from HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callbot.emulator.api.checks.body import Body
from callbot.emulator.api.limits import Quotas
from callbot.emulator.calls.call import Call
from callbot.emulator.errors import call_not_found, insufficient_permissions
from callbot.emulator.identity.access import Caller
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request whose sender is known. `held` are the calls whose callbacks wait for the answer.

    `stale` asks a read to show the call as it was before its last change.
    """

    platform: Platform
    quotas: Quotas
    version: str
    method: str
    path: str
    caller: Caller
    body: Body
    query: Mapping[str, str]
    headers: Mapping[str, str]
    params: dict[str, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    found: Call | None = None
    stale: bool = False

    @property
    def call(self) -> Call:
        """The call the path names; raises the 404 when it is over or never was."""
        if self.found is None:
            raise call_not_found()
        return self.found

    def hold(self, call: Call) -> None:
        """Keep the callbacks of a call back until the answer is written."""
        if call.id not in self.held:
            self.held.append(call.id)
            self.platform.outbox.hold(call.id)

    def need_role(self, *any_of: str) -> None:
        """Raise the 403 when the app has none of these permissions."""
        if not self.caller.roles.intersection(any_of):
            raise insufficient_permissions()

    def url(self, path: str) -> str:
        """Return an address below this version of the API."""
        return f"{self.platform.root}/{self.version}/{path}"

    def context(self, entity: str) -> str:
        """Return an `@odata.context`."""
        return self.url(f"$metadata#{entity}")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request: JSON, other content, or nothing."""

    status: int = 200
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


ACCEPTED = Reply(202)
NO_CONTENT = Reply(204)
