"""The same world around a bot that runs as a service elsewhere, beside an emulator that runs elsewhere."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from callbot.clock import SystemClock
from callbot.testing.stage import Impossible, RemoteStage
from callbot.testing.world import Patience, PromptNames, World

_KNOWN_AT = Path(".callbot/emulator/ca.pem")
_PROBE_SECONDS = 5.0


@asynccontextmanager
async def connect(
    control_url: str = "https://localhost:9443/control",
    callback_url: str | None = "https://localhost:8443/api/calls",
    *,
    ca_file: Path | str | None = None,
    prompts: Path | str | None = None,
) -> AsyncIterator[World]:
    """Test a bot that runs elsewhere, through the control API of the emulator it runs against.

    The world is that of `simulate`, so the same scenario runs against both; but time is real, and what the
    bot's handlers were told cannot be seen (`call.transitions`, `world.handled`).

    Args:
        control_url: The control API of the emulator.
        callback_url: Where the bot takes callbacks: a bot that does not listen there is reported at once.
            None not to look.
        ca_file: The authority both are trusted by; that of `python -m callbot emulator` when not given.
        prompts: The folder of the bot's WAV files, by whose names prompts are expected.

    Raises `Impossible` where nothing answers.
    """
    trust = _trust(Path(ca_file) if ca_file is not None else None)
    clock = SystemClock()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as client:
        stage = RemoteStage(client, control_url, clock=clock)
        names = PromptNames.of_folder(Path(prompts)) if prompts is not None else PromptNames.none()
        world = World(stage, Patience(stage, clock, None, 0.0), names, None)
        await world.know_calls()
        if callback_url is not None:
            await _look_for_bot(client, callback_url)
        try:
            yield world
        finally:
            with suppress(Impossible):  # the emulator is shared, and what failed before is more telling
                await world.faults()


async def _look_for_bot(client: aiohttp.ClientSession, callback_url: str) -> None:
    try:
        async with client.get(callback_url, timeout=aiohttp.ClientTimeout(total=_PROBE_SECONDS)):
            return  # whatever it answers to this, it is there
    except (aiohttp.ClientError, OSError) as error:
        raise Impossible(f"no bot listens at {callback_url}: {error}") from None


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is None and _KNOWN_AT.exists():
        ca_file = _KNOWN_AT
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
