"""Decides which fault befalls what: by the dice, or because somebody has asked for it by name."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from callbot.clock import Clock
from callbot.emulator.journal import FaultEntry, Journal
from callbot.emulator.settings.faults import CALLBACK_FAULTS, REQUEST_FAULTS, Fault, FaultRates, FaultSettings

ANNOUNCEMENT = "created incoming"
_NONE = FaultRates()
_LOSSES = (Fault.DROP, Fault.EMPTY)


_STILL = random.Random(0)  # noqa: S311 - dice, no secrets


@dataclass(slots=True)
class Wish:
    """A fault that was asked for: `times` more for what matches `call` and has `where` in its description."""

    fault: Fault
    call: str | None
    where: str
    times: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What befalls one callback or request. `dice` decides about amounts."""

    faults: frozenset[Fault] = frozenset()
    dice: random.Random = _STILL

    def __contains__(self, fault: Fault) -> bool:
        return fault in self.faults

    @property
    def name(self) -> str | None:
        """The faults in words, for the log."""
        return ", ".join(sorted(self.faults)) or None


CALM = Fate()


class FaultPlan:
    """The faults of one emulator; they can be changed while it runs.

    The dice of each call are its own: they depend on the seed, on how many calls came before it and on how
    many callbacks or requests of it came before, and on nothing else.
    """

    def __init__(self, settings: FaultSettings, clock: Clock, journal: Journal) -> None:
        self.settings = settings
        self._clock = clock
        self._journal = journal
        self._wishes: list[Wish] = []
        self._numbers: dict[str, int] = {}
        self._rolls: Counter[str] = Counter()
        self._silent_until = 0.0
        self.on_change: Callable[[], None] | None = None

    def configure(self, settings: FaultSettings) -> None:
        """Use other settings from now on."""
        self.settings = settings
        if self.on_change is not None:
            self.on_change()

    def inject(self, fault: Fault | str, *, call: str | None = None, where: str = "", times: int = 1) -> None:
        """Let `fault` befall the next `times` callbacks or requests.

        `call` limits it to one call. `where` is a part of the description: `updated established`,
        `deleted operations`, `created incoming` for callbacks, `POST answer`, `GET get` for requests.
        Raises `ValueError` for an unknown fault.
        """
        self._wishes.append(Wish(Fault(fault), call, where, times))

    def silence(self, seconds: float) -> None:
        """Send no callbacks for so long: what they would have said is lost."""
        self._silent_until = self._clock.monotonic() + seconds

    def clear(self) -> None:
        """Forget wishes and silence; the dice start over."""
        self._wishes.clear()
        self._numbers.clear()
        self._rolls.clear()
        self._silent_until = 0.0

    def for_callback(self, call: str, description: str) -> Fate:
        """Return what befalls a callback."""
        if self._clock.monotonic() < self._silent_until:
            self._journal.add(FaultEntry, call=call, fault="silence", target=description)
            return Fate(frozenset({Fault.DROP}))
        if self._calm:
            return CALM
        dice = self._dice("callback", call)
        spared = self.settings.spare_announcements and description == ANNOUNCEMENT
        chosen = {
            fault
            for fault in CALLBACK_FAULTS
            if dice.random() < self.settings.rates.of(fault) and not (spared and fault in _LOSSES)
        }
        chosen |= {fault for fault in CALLBACK_FAULTS if self._wished(fault, call, description)}
        return self._told(Fate(frozenset(chosen), dice), call, description)

    def for_request(self, call: str | None, description: str) -> Fate:
        """Return what befalls a request: one fault at most."""
        if self._calm:
            return CALM
        dice = self._dice("request", call)
        for fault in REQUEST_FAULTS:
            if self._wished(fault, call, description):
                return self._told(Fate(frozenset({fault}), dice), call, description)
        left = dice.random()
        for fault in REQUEST_FAULTS:
            left -= self.settings.rates.of(fault)
            if left < 0:
                return self._told(Fate(frozenset({fault}), dice), call, description)
        return CALM

    def happens(self, fault: Fault, call: str | None, description: str) -> bool:
        """Say whether one fault of its own kind happens: `early`, `token_slow`, `token_fail`."""
        if self._calm:
            return False
        rolled = self._dice(fault.value, call).random() < self.settings.rates.of(fault)
        if not rolled and not self._wished(fault, call, description):
            return False
        self._told(Fate(frozenset({fault})), call, description)
        return True

    @property
    def _calm(self) -> bool:
        """Whether nothing can happen at all: the usual case, which costs nothing."""
        return not self._wishes and self.settings.rates == _NONE

    def _dice(self, what: str, call: str | None) -> random.Random:
        number = self._numbers.setdefault(call, len(self._numbers)) if call is not None else "-"
        key = f"{what}/{number}"
        self._rolls[key] += 1
        # dice, no secrets
        return random.Random(f"{self.settings.seed}/{key}/{self._rolls[key]}")  # noqa: S311

    def _wished(self, fault: Fault, call: str | None, description: str) -> bool:
        for wish in self._wishes:
            if wish.fault is fault and wish.call in (None, call) and wish.where in description:
                wish.times -= 1
                if wish.times <= 0:
                    self._wishes.remove(wish)
                return True
        return False

    def _told(self, fate: Fate, call: str | None, description: str) -> Fate:
        for fault in sorted(fate.faults):
            self._journal.add(FaultEntry, call=call, fault=fault.value, target=description)
        return fate
