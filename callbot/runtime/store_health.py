"""Whether the store takes what is written to it, as far as the latest writes show."""

from collections import Counter


class StoreHealth:
    """Down from a write that failed until one that did not; `failures` counts them by what was written.

    What needs no room does not say that it works: to renew a lease may succeed on a full disk.
    """

    def __init__(self) -> None:
        self.down = False
        self.failures: Counter[str] = Counter()

    def failed(self, what: str) -> None:
        """A write failed."""
        self.down = True
        self.failures[what] += 1

    def works(self) -> None:
        """A write was kept."""
        self.down = False
