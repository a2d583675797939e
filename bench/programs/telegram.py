# mypy: ignore-errors
# - it runs in the bench's own environment, with packages that callbot's does not have
"""The webhook of aiogram, put together as its documentation does, with its check of a shared secret.

Arguments: core, root of the platform, app id, secret.
"""

from aiogram import Bot, Dispatcher
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.programs.tally import Tally

tally = Tally()
dispatcher = Dispatcher()


@dispatcher.message()
async def on_message(message: Message) -> None:
    """Count it."""
    tally.note(str(message.message_id))


async def serve() -> None:
    """Serve until nobody asks any more."""
    app = web.Application()
    bot = Bot(token="42:of-the-bench")  # noqa: S106 - of nobody
    SimpleRequestHandler(dispatcher, bot, secret_token=arguments[2]).register(app, "/api/calls")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say({"port": runner.addresses[0][1]})

    async def answer(question: Json) -> Json:
        return tally.answer(question)

    await listen_async(answer)


if __name__ == "__main__":
    arguments = pinned()
    run(serve)
