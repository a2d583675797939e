"""What the service has logged, and which of it no fault that was injected explains."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from soak.cast import MetOnPurpose

_ERRORS = frozenset({"error", "critical"})
_TRACEBACK = "Traceback"


@dataclass(slots=True)
class Logged:
    """How often each message came; the bugs of the bot that were met, as they should be; and all errors else.

    The platform's faults are warnings at most. What is no line of the log is meant for people, who are told
    of those faults too, but never by a traceback.
    """

    counts: Counter[str] = field(default_factory=Counter)
    bugs_met: int = 0
    errors: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take in one line."""
        try:
            entry = json.loads(line)
        except ValueError:
            entry = {"event": line[:60], "level": "error" if line.startswith(_TRACEBACK) else None}
        event, error = str(entry.get("event")), str(entry.get("error"))
        self.counts[event] += 1
        if event == "handler failed" and error.startswith(f"{MetOnPurpose.__name__}:"):
            self.bugs_met += 1
        elif entry.get("level") in _ERRORS:
            self.errors.append(line)


def logged(lines: Iterable[str]) -> Logged:
    """Take in a whole log."""
    found = Logged()
    for line in lines:
        found.take(line)
    return found
