"""Answers to the bot's two kinds of requests: callbacks, and the platform's fetching of prompts."""

import asyncio
import re

from callbot.asgi.protocol import Receive, Scope, Send, headers_of
from callbot.clock import timeout
from callbot.hosted import HostedBot
from callbot.media import PromptLibrary
from callbot.media.route import PROMPTS_PATH
from callbot.webhook import Receiver, Reply
from callbot.webhook.aiohttp_adapter import BODY_TIMEOUT
from callbot.webhook.callback import Refused

_PROMPT = re.compile(re.escape(PROMPTS_PATH) + r"/([0-9a-f-]{36})\.wav")
_FOREVER = "public, max-age=31536000, immutable"
_LAST = {"Connection": "close"}


def prompt_named(path: str) -> str | None:
    """Return which prompt a path asks for, None when it asks for none."""
    found = _PROMPT.fullmatch(path)
    return found.group(1) if found is not None else None


async def respond_to_callback(hosted: HostedBot, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request to the callback path."""
    receiver = hosted.receiver
    await _send(send, Reply(404) if receiver is None else await _take(receiver, scope, receive))


async def _take(receiver: Receiver, scope: Scope, receive: Receive) -> Reply:
    """Ask who sends before the body is read, and read no more of it than may come."""
    headers = headers_of(scope)
    caller = await receiver.admit(scope["method"], headers)
    if isinstance(caller, Reply):
        return _last(caller)
    try:
        async with timeout(receiver.clock, BODY_TIMEOUT):
            body = await _body(headers, receive, receiver.max_body)
    except TimeoutError:
        slow = Refused(408, "slow_body", f"the body did not arrive within {BODY_TIMEOUT:g} s")
        return _last(receiver.turn_away(caller, headers, slow))
    except Refused as refused:
        return _last(receiver.turn_away(caller, headers, refused))
    return await receiver.receive(caller, headers, body)


async def _body(headers: dict[str, str], receive: Receive, limit: int) -> bytes:
    """Return the body; raises `Refused` when it is not wanted or breaks off."""
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "encoded_body", "a compressed body is not accepted")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "broken_body", "the body broke off")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise Refused(413, "too_large", f"the body has more than {limit} bytes")
    return bytes(body)


async def respond_to_prompt(prompts: PromptLibrary, name: str, scope: Scope, send: Send) -> None:
    """Answer the platform's request for a prompt: all of it, which is what a range may get, too."""
    method = scope["method"]
    if method not in {"GET", "HEAD"}:
        await _send(send, Reply(405, {"Allow": "GET, HEAD"}))
        return
    content = await asyncio.to_thread(prompts.content, name)
    if content is None:  # another replica may know it, or this one a moment later
        await _send(send, Reply(404, {"Cache-Control": "no-store"}, b"no such prompt\n"))
        return
    headers = {"ETag": f'"{name}"', "Cache-Control": _FOREVER}
    if f'"{name}"' in headers_of(scope).get("if-none-match", ""):
        await _send(send, Reply(304, headers))
        return
    headers |= {"Content-Type": "audio/wav", "X-Content-Type-Options": "nosniff"}
    await _send(send, Reply(200, headers, content), bodyless=method == "HEAD")


def _last(reply: Reply) -> Reply:
    """Return a reply that ends the connection: what is left of the body on it is not wanted."""
    return Reply(reply.status, {**reply.headers, **_LAST}, reply.body)


async def _send(send: Send, reply: Reply, *, bodyless: bool = False) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()]
    if reply.status != 304:  # noqa: PLR2004 - it has no length of its own
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodyless else reply.body})
