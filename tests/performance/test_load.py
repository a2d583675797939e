"""The load generator tells what is its own doing from what is the server's."""

import socket
import time
from threading import Thread

from bench.load import open_loop

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
STALL = 0.05


def test_a_request_that_a_slow_server_keeps_waiting_has_not_left_late() -> None:
    answered, asked_again = 0, 0

    def stall_once(server: socket.socket) -> None:
        nonlocal answered, asked_again
        with server.accept()[0] as connection:
            connection.recv(1 << 16)
            time.sleep(STALL)
            answered = time.monotonic_ns()
            connection.sendall(ANSWER)
            connection.recv(1 << 16)
            asked_again = time.monotonic_ns()
            connection.sendall(ANSWER)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=stall_once, args=(server,))
        thread.start()
        ran = open_loop(server.getsockname()[1], [REQUEST, REQUEST], 1000.0, connections=1)
        thread.join()
    assert ran.due[1] < answered, "the second request was due while the first kept its connection"
    assert ran.late[1] <= asked_again - answered
