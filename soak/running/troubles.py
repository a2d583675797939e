"""What goes wrong from outside, and when: kills, silence, new keys, darkness. The seed decides."""

import random
from dataclasses import dataclass
from enum import StrEnum

_FIRST, _LAST = (
    0.12,
    0.65,
)  # the share of the time in which the service is killed; what follows shows its memory


class Trouble(StrEnum):
    """A kind of trouble."""

    KILL = "kill"
    SILENCE = "silence"
    NEW_KEYS = "new keys"
    DARKNESS = "darkness"


@dataclass(frozen=True, order=True, slots=True)
class Due:
    """A trouble and its time, in seconds from the first call; `lasts` is in seconds too."""

    at: float
    trouble: Trouble
    lasts: float = 0.0


def plan(
    chance: random.Random, *, seconds: float, kills: int, silence: float, downtime: float, darkness: float
) -> list[Due]:
    """Return the troubles of a soak in their order."""
    moments = sorted(chance.uniform(_FIRST * seconds, _LAST * seconds) for _ in range(kills))
    troubles = [Due(at, Trouble.KILL, chance.uniform(0.0, downtime)) for at in moments]
    troubles += [Due(seconds * share, Trouble.SILENCE, silence) for share in (0.3, 0.75)]
    troubles += [Due(seconds * share, Trouble.NEW_KEYS) for share in (0.2, 0.45, 0.7, 0.9)]
    if darkness > 0:
        troubles.append(Due(seconds * 0.55, Trouble.DARKNESS, darkness))
    return sorted(troubles)
