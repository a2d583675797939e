"""A process of the bench, seen from the one that runs it: it is asked in lines of JSON and answers so."""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
_PATIENCE = 120.0  # seconds for one answer


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a measured process: this one's and `more`, with byte code kept.

    Installed packages bring theirs; without it callbot alone would be compiled anew in each process.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **(more or {})}


class ProgramFailed(Exception):
    """A process of the bench said something else than it should, or nothing."""


class Program:
    """Runs the module `bench.programs.<name>` pinned to `core`.

    `ready` is its first line: what it says when it can be used. `environment` is added to this process's.
    """

    def __init__(
        self,
        name: str,
        *arguments: str,
        core: int,
        python: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - our own module with our own arguments
            [str(python or sys.executable), "-m", f"bench.programs.{name}", str(core), *arguments],
            cwd=ROOT,
            env=surroundings(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._answers = b""
        self.ready = self._answer(_PATIENCE)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.number("port", self.ready)

    def ask(self, within: float = _PATIENCE, **question: object) -> dict[str, object]:
        """Ask it something and return its answer, which must come `within` seconds."""
        if self._process.stdin is None:
            raise ProgramFailed(f"{self.name} cannot be asked")
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise ProgramFailed(f"{self.name} has ended") from None
        return self._answer(within)

    def number(self, name: str, answer: Mapping[str, object]) -> int:
        """Return a whole number of an answer."""
        value = answer.get(name)
        if not isinstance(value, int):
            raise ProgramFailed(f"{self.name} answered without {name}: {answer}")
        return value

    def real(self, name: str, answer: Mapping[str, object]) -> float:
        """Return a number of an answer."""
        value = answer.get(name)
        if not isinstance(value, int | float):
            raise ProgramFailed(f"{self.name} answered without {name}: {answer}")
        return float(value)

    def stop(self) -> None:
        """End it: it stops by itself when nobody can ask any more. Raises if it has complained meanwhile.

        What was measured while something failed is no measurement.
        """
        self._end()
        said = self._said()
        self._complaints.close()
        if said:
            raise ProgramFailed(f"{self.name} wrote {len(said)} lines of errors, the last: {said[-1][:200]}")

    def _said(self) -> list[str]:
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").splitlines()

    def _end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.stop()
        else:
            self._end()  # what is on its way says what went wrong
            self._complaints.close()

    def _answer(self, within: float) -> dict[str, object]:
        """Read one line; what is no JSON object (somebody's print) is passed over."""
        if self._process.stdout is None:
            raise ProgramFailed(f"{self.name} cannot be heard")
        descriptor = self._process.stdout.fileno()
        while True:
            line, newline, rest = self._answers.partition(b"\n")
            if newline:
                self._answers = rest
                if line.startswith(b"{"):
                    found: dict[str, object] = json.loads(line)
                    return found
                continue
            if not select.select([descriptor], [], [], within)[0]:
                self._process.kill()
                raise ProgramFailed(f"{self.name} did not answer within {within:g} s")
            read = os.read(descriptor, 1 << 20)
            if not read:
                said = self._said() or ["nothing"]
                raise ProgramFailed(f"{self.name} ended before it answered, and said: {said[-1][:200]}")
            self._answers += read
