"""A chat bot with a voice."""

import asyncio
import ssl
from pathlib import Path

import aiohttp

from callbot.emulator import AppRegistration, Emulator, EmulatorSettings, Timing
from callbot.service import serving_app
from samples.embedded_chat_bot.app import make_app
from tests.end_to_end.conftest import bot_settings
from tests.ports import free_port


async def test_it_still_chats_and_calls_who_wants_it(tmp_path: Path) -> None:
    callback_url = f"https://localhost:{free_port()}/api/calls"
    emulated = EmulatorSettings(
        port=0,
        directory=tmp_path,
        apps=(AppRegistration(callback_url=callback_url),),
        timing=Timing(establish=0.01, media=0.01),
        prompt_seconds=0.05,
    )
    async with Emulator(emulated) as emulator, serving_app(make_app(bot_settings(emulator, callback_url))):
        trust = ssl.create_default_context(cafile=str(emulator.ca_file))
        ana = emulator.person("Ana")
        ana.behaviour = ana.behaviour.model_copy(update={"after": 0.01})
        async with aiohttp.ClientSession() as client:

            async def chat(text: str, user: str = ana.id) -> str:
                url = callback_url.replace("/api/calls", "/api/messages")
                async with client.post(url, json={"from": user, "text": text}, ssl=trust) as answer:
                    assert answer.status == 200
                    said: str = (await answer.json())["text"]
                    return said

            assert await chat("Hello") == f"Hello, {ana.id}!"
            assert await chat("?") == "I know: hello, call me"
            assert await chat("call me") == "I am calling you."
            (call,) = emulator.calls
            async with asyncio.timeout(20):
                await call.until_over()
            assert [one.whole for one in call.heard] == [True]
            assert (await chat("call me", "")).startswith("I cannot call you. ")
