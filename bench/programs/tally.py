"""What a measured server keeps of its handlers: how many ran, when the last did, and which when."""

import time

from bench.programs.speaking import Json


class Tally:
    """Counts handlers. `keep` has it write down which one ran when, for the row about latency."""

    def __init__(self) -> None:
        self.handled = 0
        self.last = 0
        self.log: list[tuple[str, int]] | None = None

    def note(self, key: str) -> None:
        """Count a handler; `key` names the callback it is for."""
        self.last = time.monotonic_ns()
        self.handled += 1
        if self.log is not None:
            self.log.append((key, self.last))

    def answer(self, question: Json) -> Json:
        """Answer `{"do": ...}`: `count`, `reset`, `keep` (a log from now on) and `log` (give it)."""
        if question["do"] == "keep":
            self.log = []
        elif question["do"] == "reset":
            self.handled = 0
        elif question["do"] == "log":
            log, self.log = self.log or [], None
            return {"log": log}
        return {"handled": self.handled, "last": self.last, "cpu": time.process_time()}
