"""The cast of a soak: who calls the bot, who is called, how long they stay and what happens to their calls.

The bot finds in the name of a caller, or in the subject of a call it has placed, what it has to do.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from callbot.emulator import TENANT_ID, Behaviour, Person, Press, WhenCalled

_NAMES = uuid.UUID("0d6a6f0e-6f6b-4c1e-8a53-5a6e5d3c2b10")


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the world of a soak goes, in seconds; `life` stretches how long people stay in a call.

    `silences` and `new_keys` are the shares of the time at which callbacks stop for `silence` seconds, and at
    which the key that signs them changes.
    """

    life: float
    answer_within: float
    ring: float
    alone: float
    keep_alive_within: float
    keep_alive: float
    reconcile: float
    tombstone: float
    request: float
    hang: float
    stale: float
    silences: tuple[float, ...]
    silence: float
    downtime: float
    drain: float
    darkness: float
    new_keys: tuple[float, ...]


FULL = Tempo(
    life=1.0,
    answer_within=8.0,
    ring=6.0,
    alone=2.0,
    keep_alive_within=40.0,
    keep_alive=8.0,
    reconcile=5.0,
    tombstone=20.0,
    request=5.0,
    hang=6.0,
    stale=10.0,
    silences=(0.3, 0.75),
    silence=12.0,
    downtime=2.0,
    drain=2.0,
    darkness=3.0,
    new_keys=(0.2, 0.45, 0.7, 0.9),
)
BRIEF = Tempo(
    life=0.15,
    answer_within=2.5,
    ring=1.5,
    alone=0.5,
    keep_alive_within=15.0,
    keep_alive=1.5,
    reconcile=1.0,
    tombstone=5.0,
    request=2.0,
    hang=2.5,
    stale=10.0,
    silences=(0.5,),
    silence=1.0,
    downtime=0.5,
    drain=0.5,
    darkness=0.0,
    new_keys=(),
)


class Part(StrEnum):
    """What a caller is there for: how the bot treats them, and what they do."""

    TALKS = "talks"
    TALKS_LONG = "talks long"
    LISTENS = "listens"
    TYPES = "types"
    DIALS = "dials"
    SPEAKS = "speaks"
    PHONES = "phones"
    IS_REJECTED = "is rejected"
    GIVES_UP = "gives up"
    IS_IGNORED = "is ignored"
    IS_REDIRECTED = "is redirected"
    IS_PASSED_ON = "is passed on"
    COMES_BACK = "comes back"
    HOLDS = "holds"
    BRINGS_OTHERS = "brings others"
    MEETS_A_BUG = "meets a bug"
    ORDERS = "orders"


class MetOnPurpose(Exception):
    """The bug a caller meets: the one error that a handler of the bot may raise."""


class Order(StrEnum):
    """A call the bot has to place; its subject says which, so that every process of the bot knows."""

    CHAT = "chat"
    ANNOUNCEMENT = "announcement"
    DECLINED = "declined"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    TELEPHONE = "telephone"
    GROUP = "group"
    MEETING = "meeting"
    AS_GUEST = "as guest"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to a call from outside, so many seconds after the act before."""

    after: float
    action: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A caller: how often they call among all, how long they stay, and what else happens in the call."""

    part: Part
    weight: int
    stays: float
    order: Order | None = None
    presses: tuple[Press, ...] = ()
    plot: tuple[Act, ...] = ()
    phone: str | None = None

    @property
    def name(self) -> str:
        """The name they call by."""
        return self.part if self.order is None else f"{self.part} {self.order}"


PHONE = "+442079460001"
CALLED_PHONE = "+442079460002"
FRIEND, LISTENER = "Friend", "Listener"
ANSWERS, DECLINES, BUSY, IGNORES, UNREACHABLE = "Answers", "Declines", "Busy", "Ignores", "Unreachable"
ORGANIZER = "Organizer"

_COMPANY = (Act(1.5, "join", FRIEND), Act(1.0, "mute", FRIEND), Act(2.0, "leave", FRIEND))
_HOLDS = (Act(1.5, "hold"), Act(1.5, "resume"), Act(1.0, "hold"), Act(2.0, "resume"))

CALLERS: tuple[Role, ...] = (
    Role(Part.TALKS, 14, 6.0),
    Role(Part.TALKS_LONG, 3, 60.0),
    Role(Part.LISTENS, 8, 25.0),
    Role(Part.TYPES, 6, 25.0, presses=(Press(key="1", after=0.3, prompts=1), Press(key="2", prompts=1))),
    Role(Part.DIALS, 3, 6.0, presses=tuple(Press(key=key, after=0.3) for key in "147")),
    Role(Part.SPEAKS, 3, 25.0),
    Role(Part.PHONES, 4, 6.0, phone=PHONE),
    Role(Part.IS_REJECTED, 6, 6.0),
    Role(Part.GIVES_UP, 5, 6.0, plot=(Act(1.0, "hang-up"),)),
    Role(Part.IS_IGNORED, 4, 6.0),
    Role(Part.IS_REDIRECTED, 4, 6.0),
    Role(Part.IS_PASSED_ON, 6, 25.0),
    Role(Part.COMES_BACK, 6, 25.0),
    Role(Part.HOLDS, 5, 12.0, plot=_HOLDS),
    Role(Part.BRINGS_OTHERS, 4, 12.0, plot=_COMPANY),
    Role(Part.MEETS_A_BUG, 2, 6.0),
    Role(Part.ORDERS, 8, 6.0, Order.CHAT),
    Role(Part.ORDERS, 7, 6.0, Order.ANNOUNCEMENT),
    Role(Part.ORDERS, 4, 6.0, Order.DECLINED),
    Role(Part.ORDERS, 3, 6.0, Order.BUSY),
    Role(Part.ORDERS, 4, 6.0, Order.NO_ANSWER),
    Role(Part.ORDERS, 2, 6.0, Order.UNREACHABLE),
    Role(Part.ORDERS, 3, 6.0, Order.TELEPHONE),
    Role(Part.ORDERS, 6, 6.0, Order.GROUP),
    Role(Part.ORDERS, 5, 6.0, Order.MEETING),
    Role(Part.ORDERS, 2, 6.0, Order.AS_GUEST),
)

PLOTS: dict[str, tuple[Act, ...]] = {
    "group": _COMPANY,
    "meeting": (Act(1.5, "admit"), Act(0.5, "share-screen", ORGANIZER), *_COMPANY),
}
"""What happens in the calls of several that the bot has placed, by their kind."""


def person_id(name: str) -> str:
    """Return the object id of a person."""
    return str(uuid.uuid5(_NAMES, name))


def people(tempo: Tempo) -> tuple[Person, ...]:
    """Return everybody: those who call, and those who are called."""
    callers = [
        _person(role.name, WhenCalled.ANSWER, role.stays * tempo.life, role.presses, role.phone)
        for role in CALLERS
    ]
    stay = 8.0 * tempo.life
    called = [
        _person(ANSWERS, WhenCalled.ANSWER, stay),
        _person(LISTENER, WhenCalled.ANSWER, 4 * stay),
        _person(FRIEND, WhenCalled.ANSWER, stay),
        _person(ORGANIZER, WhenCalled.ANSWER, stay),
        _person(DECLINES, WhenCalled.DECLINE, stay),
        _person(BUSY, WhenCalled.BUSY, stay),
        _person(IGNORES, WhenCalled.IGNORE, stay),
        _person(UNREACHABLE, WhenCalled.UNREACHABLE, stay),
        _person("Telephone", WhenCalled.ANSWER, stay, phone=CALLED_PHONE),
    ]
    return (*callers, *called)


def _person(
    name: str, reaction: WhenCalled, stays: float, presses: tuple[Press, ...] = (), phone: str | None = None
) -> Person:
    behaviour = Behaviour(when_called=reaction, after=0.4, presses=presses, hangs_up_after=stays)
    return Person(
        id=person_id(name), display_name=name, tenant_id=TENANT_ID, phone=phone, behaviour=behaviour
    )
