"""The other side of the wire: sends prepared requests over keep-alive connections and counts answers.

A client made for the purpose, because it must never be what limits: sockets and epoll, requests built
before the clock starts, no parsing beyond status and length. `busy` says how much of its core it used.
"""

import gc
import re
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r", re.IGNORECASE)
_LIMIT = 120.0  # seconds for one round


class LoadFailed(Exception):
    """The server did not answer as it should."""


@dataclass(slots=True)
class Ran:
    """One round: when it began and ended (nanoseconds of the monotonic clock), what was answered."""

    began: int
    ended: int = 0
    answered: int = 0
    busy: float = 0.0
    due: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)  # nanoseconds by which a request left after it could have


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10.0)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = b""
        self.script: Iterator[bytes] = iter(())

    def fileno(self) -> int:
        """Return the descriptor, for epoll."""
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._socket.sendall(request)

    def receive(self) -> bool:
        """Take in what has come; True when an answer is complete."""
        read = self._socket.recv(1 << 16)
        if not read:
            raise LoadFailed(f"the server closed a connection after {self._answer[:200]!r}")
        answer = self._answer + read if self._answer else read
        end = answer.find(b"\r\n\r\n")
        length = _LENGTH.search(answer, 0, end + 2) if end >= 0 else None
        if end < 0 or len(answer) < end + 4 + (int(length[1]) if length else 0):
            self._answer = answer
            return False
        self._answer = b""
        if answer[9:10] != b"2":
            raise LoadFailed(f"the server answered {answer[:300]!r}")
        return True

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def closed_loop(port: int, scripts: Sequence[Sequence[bytes]]) -> Ran:
    """Send each script over a connection of its own, the next request when the last is answered."""
    with _connected(port, len(scripts)) as (connections, poll), _undisturbed():
        for connection, script in zip(connections.values(), scripts, strict=True):
            connection.script = iter(script)
        ran, used = Ran(time.monotonic_ns()), time.process_time()
        open_scripts = 0
        for connection in connections.values():
            first = next(connection.script, None)
            if first is not None:
                connection.send(first)
                open_scripts += 1
        while open_scripts:
            for descriptor, _ in _waited(poll, _LIMIT):
                connection = connections[descriptor]
                if not connection.receive():
                    continue
                ran.answered += 1
                request = next(connection.script, None)
                if request is None:
                    open_scripts -= 1
                else:
                    connection.send(request)
        return _finished(ran, used)


def open_loop(port: int, requests: Sequence[bytes], rate: float, connections: int) -> Ran:
    """Send `rate` requests per second, due at fixed times, whether or not the server keeps up.

    A request that finds no free connection waits, and its time counts from when it was due. That is the
    server's doing: only what passes once there is a connection makes a request leave late.
    """
    with _connected(port, connections) as (links, poll), _undisturbed():
        free = deque(links.values())
        ran, used = Ran(time.monotonic_ns() + 10_000_000), time.process_time()
        ran.due = [ran.began + int(number * 1e9 / rate) for number in range(len(requests))]
        sent, freed = 0, 0  # freed: when there was a connection again, after none was left
        while ran.answered < len(requests):
            now = time.monotonic_ns()
            while sent < len(requests) and free and ran.due[sent] <= now:
                free.popleft().send(requests[sent])
                ran.late.append(now - max(ran.due[sent], freed))
                sent += 1
            for descriptor, _ in poll.poll(0):  # busy on its own core: a sleep would be late
                if links[descriptor].receive():
                    ran.answered += 1
                    freed = freed if free else time.monotonic_ns()
                    free.append(links[descriptor])
            if now - ran.began > _LIMIT * 1e9:
                raise LoadFailed("the server does not keep up with half its own rate")
        return _finished(ran, used)


def dealt(requests: Sequence[Sequence[bytes]], connections: int, abreast: int = 20) -> list[list[bytes]]:
    """Deal calls out to connections: the requests of a call in their order, `abreast` calls interleaved."""
    scripts: list[list[bytes]] = []
    for number in range(connections):
        own = requests[number::connections]
        script: list[bytes] = []
        for start in range(0, len(own), abreast):
            some = own[start : start + abreast]
            steps = max((len(one) for one in some), default=0)
            script.extend(one[step] for step in range(steps) for one in some if step < len(one))
        scripts.append(script)
    return scripts


@contextmanager
def _connected(port: int, count: int) -> Iterator[tuple[dict[int, Connection], select.epoll]]:
    connections = [Connection(port) for _ in range(count)]
    poll = select.epoll()
    try:
        for connection in connections:
            poll.register(connection.fileno(), select.EPOLLIN)
        yield {connection.fileno(): connection for connection in connections}, poll
    finally:
        poll.close()
        for connection in connections:
            connection.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector of the load generator out of the measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _waited(poll: select.epoll, limit: float) -> list[tuple[int, int]]:
    found = poll.poll(limit)
    if not found:
        raise LoadFailed(f"the server did not answer within {limit:g} s")
    return found


def _finished(ran: Ran, used: float) -> Ran:
    ran.ended = time.monotonic_ns()
    ran.busy = (time.process_time() - used) / ((ran.ended - ran.began) / 1e9)
    return ran
