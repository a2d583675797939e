"""Ports for tests to listen on."""

import random
import socket

_FIRST, _LAST = 15_000, 32_000  # below the range from which outgoing connections take theirs


def free_port() -> int:
    """Return a port nobody listens on, that no outgoing connection will take before it is used."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
