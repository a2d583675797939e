"""Noticing that callbacks have stopped altogether.

Silence alone proves nothing: calls can be quiet for hours. But when reads find changes again and again that
no callback told of, and no callback comes at all meanwhile, then the way in is broken.
"""

_SUSPICIOUS = 3  # changes in a row that were only found by reading


class Vigilance:
    """Whether callbacks seem to have stopped."""

    def __init__(self) -> None:
        self._found = 0
        self.callbacks_stopped = False
        self.times_stopped = 0

    def heard(self) -> bool:
        """A callback came. Returns whether that ends a time without."""
        ended = self.callbacks_stopped
        self._found = 0
        self.callbacks_stopped = False
        return ended

    def found_by_reading(self) -> bool:
        """A read found a change nobody had told of. Returns whether callbacks now seem to have stopped."""
        self._found += 1
        if self._found < _SUSPICIOUS or self.callbacks_stopped:
            return False
        self.callbacks_stopped = True
        self.times_stopped += 1
        return True
