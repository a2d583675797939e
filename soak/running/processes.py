"""The two processes a soak watches: the emulator, and the service that ends and is started again.

Memory is read from `/proc`, as Linux has it.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_READY_SECONDS = 60.0
_STOP_SECONDS = 60.0


class ProcessFailed(Exception):
    """A process did not start, or ended when it should not."""


@dataclass(slots=True)
class Life:
    """One process of the service, from start to end; times are monotonic, in seconds."""

    pid: int
    started: float
    ready: float | None = None
    ended: float | None = None
    killed: bool = False


class Child:
    """A Python program; what it writes to stderr goes to the file `log`."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._log = log
        self._environment = {**os.environ, "NO_PROXY": "localhost,127.0.0.1", **environment}
        self._process: asyncio.subprocess.Process | None = None
        self.lives: list[Life] = []

    @property
    def life(self) -> Life:
        """The process that runs, or ran last."""
        return self.lives[-1]

    @property
    def running(self) -> bool:
        """Whether a process runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> str:
        """Start a process and return the first line it writes to stdout. Raises `ProcessFailed`."""
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._environment,
            )
        self._process = process
        life = Life(process.pid, time.monotonic())
        self.lives.append(life)
        line = await self._first_line(process)
        if not line:
            if life.killed:
                return ""  # before it was ready
            raise ProcessFailed(f"{' '.join(self._arguments)} did not start; {self._log} says why")
        life.ready = time.monotonic()
        return line

    async def kill(self) -> None:
        """End the process as a power cut would: nothing in it runs any more."""
        await self._end(signal.SIGKILL)
        self.life.killed = True

    async def stop(self) -> int:
        """Ask the process to end, and return its exit code. Raises `ProcessFailed` when it does not."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                return await self._end(signal.SIGTERM)
        except TimeoutError:
            raise ProcessFailed(f"{' '.join(self._arguments)} did not stop; {self._log} says why") from None

    async def _end(self, number: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        self.life.killed = number is signal.SIGKILL
        if process.returncode is None:
            process.send_signal(number)
        code = await process.wait()
        self.life.ended = time.monotonic()
        return code

    def resident(self) -> float | None:
        """Return the memory the process has in use, in MiB; None while none runs, or it is about to end."""
        if not self.running:
            return None
        try:
            pages = int(Path(f"/proc/{self.life.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return None
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 or None

    async def _first_line(self, process: asyncio.subprocess.Process) -> str:
        if process.stdout is None:
            return ""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                return (await process.stdout.readline()).decode()
        except TimeoutError:
            return ""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def toml(values: Mapping[str, object]) -> str:
    """Return settings as TOML: strings, numbers and paths, which JSON writes alike."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
