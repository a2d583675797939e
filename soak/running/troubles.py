"""What goes wrong from outside, and when: kills, silence, new keys, darkness. The seed decides."""

import random
from dataclasses import dataclass
from enum import StrEnum

from soak.cast import Tempo

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


def plan(chance: random.Random, tempo: Tempo, *, seconds: float, kills: int) -> list[Due]:
    """Return the troubles of a soak in their order, of calls that begin within `seconds`."""
    moments = sorted(chance.uniform(_FIRST * seconds, _LAST * seconds) for _ in range(kills))
    troubles = [Due(at, Trouble.KILL, chance.uniform(0.0, tempo.downtime)) for at in moments]
    troubles += [Due(seconds * share, Trouble.SILENCE, tempo.silence) for share in tempo.silences]
    troubles += [Due(seconds * share, Trouble.NEW_KEYS) for share in tempo.new_keys]
    if tempo.darkness > 0:
        troubles.append(Due(seconds * 0.55, Trouble.DARKNESS, tempo.darkness))
    return sorted(troubles)
