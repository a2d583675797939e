"""What goes wrong from outside, and when: kills, stops, silence, new keys, darkness. The seed decides."""

import random
from dataclasses import dataclass
from enum import StrEnum

from soak.cast import Tempo

# the share of the time in which the service is killed or stopped; what follows shows its memory
_FIRST, _LAST = 0.12, 0.65


class Trouble(StrEnum):
    """A kind of trouble."""

    KILL = "kill"
    STOP = "stop"
    SILENCE = "silence"
    NEW_KEYS = "new keys"
    DARKNESS = "darkness"


@dataclass(frozen=True, order=True, slots=True)
class Due:
    """A trouble and its time, in seconds from the first call; `lasts` is in seconds too."""

    at: float
    trouble: Trouble
    lasts: float = 0.0


def plan(chance: random.Random, tempo: Tempo, *, seconds: float, kills: int, stops: int) -> list[Due]:
    """Return the troubles of a soak in their order, of calls that begin within `seconds`."""
    troubles = []
    for trouble in (*[Trouble.KILL] * kills, *[Trouble.STOP] * stops):
        at = chance.uniform(_FIRST * seconds, _LAST * seconds)
        troubles.append(Due(at, trouble, chance.uniform(0.0, tempo.downtime)))
    troubles += [Due(seconds * share, Trouble.SILENCE, tempo.silence) for share in tempo.silences]
    troubles += [Due(seconds * share, Trouble.NEW_KEYS) for share in tempo.new_keys]
    if tempo.darkness > 0:
        troubles.append(Due(seconds * 0.55, Trouble.DARKNESS, tempo.darkness))
    return sorted(troubles)
