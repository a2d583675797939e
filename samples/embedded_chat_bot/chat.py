"""The chat bot that was there before: it knows nothing of calls.

A real one uses Microsoft's SDK, which checks who sends the messages.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

Command = Callable[[str], Awaitable[str]]
COMMANDS: web.AppKey[dict[str, Command]] = web.AppKey("commands", dict[str, Command])


async def messages(request: web.Request) -> web.Response:
    """Answer a message: `{"from": user id, "text": "..."}`."""
    message = await request.json()
    commands = request.app[COMMANDS]
    command = commands.get(message["text"].strip().lower())
    text = await command(message["from"]) if command else f"I know: {', '.join(commands)}"
    return web.json_response({"text": text})


async def hello(user_id: str) -> str:
    """Be polite."""
    return f"Hello, {user_id}!"


def chat_app() -> web.Application:
    """Return the application of the chat bot."""
    app = web.Application()
    commands: dict[str, Command] = {"hello": hello}
    app[COMMANDS] = commands
    app.router.add_post("/api/messages", messages)
    return app
