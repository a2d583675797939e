"""Keep the content of prompts in memory, within a budget."""

from collections import OrderedDict


class Shelf:
    """Content by its id, in at most `budget` bytes: what was not used for longest goes first.

    What is kept is what was checked. It can neither change nor go away under a transfer, it is shared by all
    transfers, and it needs no folder to write to.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._used = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """Return the content, or None when it was never kept or had to go."""
        content = self._kept.get(key)
        if content is not None:
            self._kept.move_to_end(key)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`; what is larger than the whole budget is not kept."""
        self._used += len(content) - len(self._kept.pop(key, b""))
        self._kept[key] = content
        while self._used > self._budget:
            _, gone = self._kept.popitem(last=False)
            self._used -= len(gone)
