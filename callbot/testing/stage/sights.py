"""What a test sees of an emulated call at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a call's state as the platform made it; `seq` orders those of all calls."""

    seq: int
    at: float
    old: str | None
    new: str
    why: str
    code: int | None = None
    subcode: int | None = None


@dataclass(frozen=True, slots=True)
class HeardPrompt:
    """A prompt the people in a call heard. `end` is None while it plays, `whole` says it was not cut."""

    uri: str
    resource_id: str | None
    start: float
    end: float | None
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A call as the platform has it now. People are given by name."""

    id: str
    direction: str
    kind: str
    state: str
    steps: tuple[Step, ...]
    heard: tuple[HeardPrompt, ...]
    people: tuple[str, ...]
    ringing: tuple[str, ...]
    sent_tones: tuple[str, ...]
    tones_subscribed: bool
    audio_active: bool
    resource: Mapping[str, object] = field(repr=False)

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.state == "terminated"

    @property
    def states(self) -> list[str]:
        """Every state the call has had, in order."""
        return [step.new for step in self.steps]

    @property
    def end(self) -> Step | None:
        """The step that ended the call."""
        return self.steps[-1] if self.over else None
