"""What may watch a runtime, for those who want to see what happens in its calls."""

from typing import Protocol

from callbot.bot import Handled
from callbot.graph import Sent
from callbot.registry import Observed
from callbot.state import Change, Observation


class Observer(Protocol):
    """Is told what happens, at once and in order. It must neither raise nor take long."""

    def seen(self, key: str, observation: Observation, observed: Observed) -> None:
        """Take note of an observation of a call, and of what it came to."""

    def began(self, call_id: str, change: Change, handler: str) -> None:
        """Take note that a handler begins."""

    def ended(self, handled: Handled) -> None:
        """Take note that a handler has finished, or that there was none."""

    def sent(self, sent: Sent) -> None:
        """Take note of what became of a request to Graph."""
