"""The inside of a bot that runs in the test's own process."""

from callbot.bot import Handled
from callbot.model import CallState, call_key
from callbot.runtime import Runtime
from callbot.state import Transition


class Inside:
    """What the bot's handlers were told, in the order in which they finished."""

    def __init__(self) -> None:
        self.runtime: Runtime | None = None
        self.log: list[tuple[float, Handled]] = []

    @property
    def handled(self) -> list[Handled]:
        """Every transition, and every other change the bot has a handler for."""
        return [handled for _, handled in self.log]

    def of_call(self, call_id: str) -> list[tuple[float, Handled]]:
        """Return what was handled of one call, and when."""
        return [one for one in self.log if call_key(one[1].change.call_id) == call_key(call_id)]

    def transitions(self, call_id: str) -> list[Transition]:
        """Return the transitions of one call that were handled, in their order."""
        changes = [handled.change for _, handled in self.of_call(call_id)]
        return sorted((one for one in changes if isinstance(one, Transition)), key=lambda one: one.seq)

    def has_seen_the_end(self, call_id: str) -> bool:
        """Whether the end of the call and all that came before it are handled."""
        seen = self.transitions(call_id)
        return bool(seen) and seen[-1].new is CallState.TERMINATED and seen[-1].seq == len(seen)

    @property
    def failures(self) -> list[Handled]:
        """The handlers that raised."""
        return [handled for handled in self.handled if handled.error is not None]

    @property
    def idle(self) -> bool:
        """Whether nothing is queued and no handler runs."""
        return self.runtime is None or self.runtime.idle
