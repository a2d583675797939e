"""Calling, added to the chat bot of `chat.py`: "call me" makes it call, and it can be called, too.

`python -m samples.embedded_chat_bot.app`
"""

from pathlib import Path

from aiohttp import web

from callbot import Call, CallBot, GraphError, Settings, Transition, User, attach
from callbot.service import run_app
from samples.embedded_chat_bot.chat import COMMANDS, chat_app

CONFIG = Path(__file__).parents[2] / "config" / "demo.toml"


class Voice(CallBot):
    """Says hello to whom it calls and to whoever calls it."""

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        """Take the call."""
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        """Say hello and hang up."""
        await call.play("prompts/hello.wav", interrupt_on_tone=True)
        await call.hang_up()


def make_app(settings: Settings) -> web.Application:
    """Return the chat bot with a voice: two lines more than before, and a command."""
    app = chat_app()
    voice = Voice()

    async def call_me(user_id: str) -> str:
        try:
            await voice.place_call(User(user_id))
        except GraphError as error:
            return f"I cannot call you. {error.explain()}"
        return "I am calling you."

    app[COMMANDS]["call me"] = call_me
    attach(app, voice, settings)
    return app


if __name__ == "__main__":
    run_app(make_app(Settings.load(CONFIG)))
