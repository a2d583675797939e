"""What a bot writes down of its handlers, so that it outlives the process: a line when one begins and ends.

A line is one write to a file opened for appending: it is there whole or not at all, whenever the process is
killed. Times of order are those of the machine's monotonic clock, which all processes share.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from callbot import Call, Transition


@dataclass(frozen=True, slots=True)
class Begin:
    """A handler has begun. `at` and `seen` are wall time, `moment` is monotonic; all in seconds."""

    call: str
    seq: int
    old: str | None
    new: str
    source: str
    inferred: bool
    redelivered: bool
    seen: float
    pid: int
    at: float
    moment: float


@dataclass(frozen=True, slots=True)
class End:
    """A handler has ended; `outcome` is the name of the error it met, if any.

    `over` is whether its call had ended by then.
    """

    call: str
    seq: int
    outcome: str | None
    over: bool
    pid: int
    at: float
    moment: float


Line = Begin | End
_KINDS: dict[str, type[Begin] | type[End]] = {"begin": Begin, "end": End}


class Diary:
    """Writes the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    @contextmanager
    def handling(self, call: Call, transition: Transition) -> Iterator[None]:
        """Write down that the handler of `transition` begins, and that it has ended, however it did."""
        pid, seq = os.getpid(), transition.seq
        begin = Begin(
            call=transition.call_id,
            seq=seq,
            old=transition.old,
            new=transition.new,
            source=transition.source,
            inferred=transition.inferred,
            redelivered=transition.redelivered,
            seen=transition.at,
            pid=pid,
            at=time.time(),
            moment=time.monotonic(),
        )
        self._write("begin", begin)
        outcome: str | None = None
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            end = End(transition.call_id, seq, outcome, call.ended, pid, time.time(), time.monotonic())
            self._write("end", end)

    def _write(self, what: str, line: Line) -> None:
        text = json.dumps({"what": what, **asdict(line)}, separators=(",", ":"))
        os.write(self._file, f"{text}\n".encode())


def read(path: Path) -> list[Line]:
    """Return every line there is, in the order in which they were written."""
    lines: list[Line] = []
    if path.exists():
        for text in path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(text)
            lines.append(_KINDS[fields.pop("what")](**fields))
    return lines
