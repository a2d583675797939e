"""Leases: for a limited time one process alone has a right, and a write under an older one is refused."""

from collections.abc import Iterable
from typing import NamedTuple

from callbot.errors import LeaseLost


class Lease(NamedTuple):
    """The right of `holder` to what `name` stands for, for `seconds`, until `until`.

    `name` is the key of a call, or any other word processes agree on. `token` is a number that is larger for
    every lease the store gives out: of two leases of one name, the one with the larger token counts. `until`
    is by a clock of the store's own that all its processes share and nobody can set, not by the wall clock.
    """

    name: str
    holder: str
    token: int
    until: float
    seconds: float

    def lasts(self, now: float) -> bool:
        """Whether nobody else may have it yet.

        One that ends later than a lease given out now would is of another clock: the machine was started anew
        since, or the store has moved to another one. Its holder is gone.
        """
        return now < self.until <= now + self.seconds


class LeaseBook:
    """Who holds what. The rules of leases, for every store; the store keeps what is written here.

    A lease lasts beyond `until` as long as nobody else has asked for it: what has expired is free to take,
    and nothing is lost by a holder that was slow while nobody wanted its place.
    """

    def __init__(self, held: Iterable[Lease] = (), last_token: int = 0) -> None:
        self.held = {lease.name: lease for lease in held}
        self.last_token = last_token

    def acquire(self, name: str, holder: str, *, seconds: float, now: float) -> Lease | None:
        """Give `name` to `holder`; None while another's lease lasts. Asking for one's own extends it."""
        held = self.held.get(name)
        if held is not None and held.lasts(now):
            return self._extend(held, seconds, now) if held.holder == holder else None
        self.last_token += 1
        lease = self.held[name] = Lease(name, holder, self.last_token, now + seconds, seconds)
        return lease

    def renew(self, leases: Iterable[Lease], *, seconds: float, now: float) -> list[Lease]:
        """Extend `leases`, and return those that are still held."""
        return [self._extend(lease, seconds, now) for lease in leases if self._holds(lease)]

    def release(self, leases: Iterable[Lease]) -> None:
        """Give `leases` back; those that another has taken meanwhile stay with the other."""
        for lease in leases:
            if self._holds(lease):
                del self.held[lease.name]

    def check(self, fence: Lease | None) -> None:
        """Raise `LeaseLost` when `fence` is not the lease that counts."""
        if fence is not None and not self._holds(fence):
            raise LeaseLost(
                f"lease {fence.name} (token {fence.token}) of {fence.holder} was given back or taken over"
            )

    def _extend(self, lease: Lease, seconds: float, now: float) -> Lease:
        extended = self.held[lease.name] = lease._replace(until=now + seconds, seconds=seconds)
        return extended

    def _holds(self, lease: Lease) -> bool:
        held = self.held.get(lease.name)
        return held is not None and held.token == lease.token
