"""Lets an aiohttp application take callbacks.

The sender is known before its body is read, and the body is read here: up to the receiver's limit
whatever the application's own is, within a time limit, and never inflated.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from callbot.clock import Clock, timeout
from callbot.webhook.callback import Refused, Reply
from callbot.webhook.receiver import Receiver

BODY_TIMEOUT = 10.0
"""Seconds for a body to arrive: the platform's are a few kilobytes."""

_BROKEN_BODY = (web.RequestPayloadError, HttpProcessingError, ClientError, OSError, RuntimeError)


def aiohttp_handler(receiver: Receiver) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of the callback path, to be routed for every method.

    `app.router.add_route("*", path, aiohttp_handler(receiver), expect_handler=expect_nothing)`
    """

    async def handle_callback(request: web.Request) -> web.Response:
        caller = await receiver.admit(request.method, request.headers)
        if isinstance(caller, Reply):
            return _last_response(caller)
        await _ask_for_body(request)
        try:
            body = await _read(request, receiver.max_body, receiver.clock)
        except Refused as refused:
            return _last_response(receiver.turn_away(caller, request.headers, refused))
        return _response(await receiver.receive(caller, request.headers, body))

    return handle_callback


async def expect_nothing(_request: web.Request) -> None:
    """Let a client that waits for `100 Continue` wait: the handler says it, once it knows the sender.

    To be given as `expect_handler` of the route. aiohttp's own invites the bodies of strangers, and fails
    with a traceback when they have hung up.
    """


async def _ask_for_body(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        with suppress(ConnectionError):  # whoever has hung up is found out when the body is read
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # as aiohttp has it: the answer proper has not begun


async def _read(request: web.Request, limit: int, clock: Clock) -> bytes:
    """Return the body; raises `Refused` when it is not wanted or does not come."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "encoded_body", "a compressed body is not accepted")
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    if request.content.is_eof():
        return request.content.read_nowait()  # it came with the headers, as most do
    try:
        async with timeout(clock, BODY_TIMEOUT):
            return await _collect(request, limit)
    except TimeoutError:
        raise Refused(408, "slow_body", f"the body did not arrive within {BODY_TIMEOUT:g} s") from None
    except _BROKEN_BODY:
        raise Refused(400, "broken_body", "the body broke off") from None


async def _collect(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> Refused:
    return Refused(413, "too_large", f"the body has more than {limit} bytes")


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, headers=reply.headers, body=reply.body or None)


def _last_response(reply: Reply) -> web.Response:
    """Return a response that ends the connection: what is left of the body on it is not wanted."""
    response = _response(reply)
    response.force_close()
    return response
