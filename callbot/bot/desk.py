"""What a live call needs from the rest of callbot."""

from collections.abc import Mapping
from typing import Protocol

from callbot.clock import Clock
from callbot.graph import GraphClient
from callbot.media import PromptLibrary
from callbot.settings import Settings
from callbot.state import Observation, Record


class Desk(Protocol):
    """The place where calls are worked on: the runtime, seen from a call."""

    @property
    def settings(self) -> Settings:
        """The bot's settings."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock everything waits by."""
        ...

    @property
    def graph(self) -> GraphClient:
        """The way out to Graph."""
        ...

    @property
    def prompts(self) -> PromptLibrary:
        """The prompts that can be played."""
        ...

    def record(self, key: str) -> Record | None:
        """Return what is known of a call."""
        ...

    async def observe(self, key: str, observation: Observation) -> None:
        """Hand an observation to the call's mailbox and wait until it is folded."""

    async def keep(self, key: str, data: Mapping[str, object]) -> None:
        """Store a bot's own data with a call's record and wait until it is stored."""

    async def refresh(self, key: str) -> None:
        """Read the call now and wait until what was read is folded."""
