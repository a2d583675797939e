"""Lets an aiohttp application take callbacks.

The sender is known before its body is read, and the body is read here: up to the receiver's limit
whatever the application's own is, within a time limit, and never inflated.
"""

from collections.abc import Awaitable, Callable

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from callbot.clock import timeout
from callbot.webhook.callback import Reply
from callbot.webhook.receiver import Receiver

BODY_TIMEOUT = 10.0
"""Seconds for a body to arrive: the platform's are a few kilobytes."""

_BROKEN_BODY = (web.RequestPayloadError, HttpProcessingError, ClientError, OSError)


def aiohttp_handler(receiver: Receiver) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of the callback path, to be routed for every method.

    `app.router.add_route("*", path, aiohttp_handler(receiver))`
    """

    async def handle_callback(request: web.Request) -> web.Response:
        caller = await receiver.admit(request.method, request.headers)
        if isinstance(caller, Reply):
            return _last_response(caller)
        body = await _read(receiver, request)
        if isinstance(body, Reply):
            return _last_response(body)
        return _response(await receiver.receive(caller, request.headers, body))

    return handle_callback


async def _read(receiver: Receiver, request: web.Request) -> bytes | Reply:
    """Return the body, or the answer that says why it is not read."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return receiver.refuse(
            415, "encoded_body", "a compressed body is not accepted", {"Accept-Encoding": "identity"}
        )
    if (request.content_length or 0) > receiver.max_body:
        return _too_large(receiver)
    if request.content.is_eof():
        return request.content.read_nowait()  # it came with the headers, as most do
    try:
        async with timeout(receiver.clock, BODY_TIMEOUT):
            return await _collect(receiver, request)
    except TimeoutError:
        return receiver.refuse(408, "slow_body", f"the body did not arrive within {BODY_TIMEOUT:g} s")
    except _BROKEN_BODY:
        return receiver.refuse(400, "broken_body", "the body broke off")


async def _collect(receiver: Receiver, request: web.Request) -> bytes | Reply:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > receiver.max_body:
            return _too_large(receiver)
    return bytes(body)


def _too_large(receiver: Receiver) -> Reply:
    return receiver.refuse(413, "too_large", f"the body has more than {receiver.max_body} bytes")


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, headers=reply.headers, body=reply.body or None)


def _last_response(reply: Reply) -> web.Response:
    """Return a response that ends the connection: what is left of the body on it is not wanted."""
    response = _response(reply)
    response.force_close()
    return response
