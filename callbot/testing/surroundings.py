"""What a simulation takes from the machine it runs on, and what it keeps away."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_FIRST, _LAST = 15_000, 32_000  # below the range from which outgoing connections take theirs
_LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port nobody listens on: the platform has to know the bot's address before the bot listens."""
    dice = random.SystemRandom()
    while True:
        port = dice.randint(_FIRST, _LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_LOOPBACK, port))
            except OSError:
                continue
            return port


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the settings and the proxy of the user's shell away from a bot, while the block runs."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("CALLBOT_")}
    direct = {name: os.environ.get(name) for name in ("no_proxy", "NO_PROXY")}
    for name in kept:
        del os.environ[name]
    for name, value in direct.items():
        os.environ[name] = ",".join(filter(None, (value, "localhost", _LOOPBACK)))
    try:
        yield
    finally:
        os.environ.update(kept)
        for name, value in direct.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
