"""The measured service: callbot as `callbot run` serves it, with a bot whose hooks only count.

Arguments: core, loop, folder of the stage, port of the platform, store.
"""

import asyncio
import signal
import socket
from pathlib import Path

from bench.programs.speaking import Json, listen_async, pinned, run, say
from bench.programs.tally import Tally
from bench.stage import Stage
from callbot import Call, CallBot, Tone, Transition
from callbot.runtime import Runtime
from callbot.service import serve_until_stopped

tally = Tally()


class Counting(CallBot):
    """Has a hook for everything the bench sends, so that every callback ends in a handler."""

    async def on_transition(self, call: Call, transition: Transition) -> None:
        """Count it."""
        tally.note(f"{call.id}_{transition.new.value}")

    async def on_tone(self, call: Call, tone: Tone) -> None:
        """Count it."""
        tally.note(f"{call.id}_tone_{tone.sequence_id}")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def serve() -> None:
    """Serve until nobody asks any more."""
    _, folder, platform, store = arguments
    port = free_port()
    settings = Stage(Path(folder), int(platform)).settings(port=port, store=store)
    runtimes: asyncio.Queue[Runtime] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_until_stopped(Counting(), settings, on_ready=runtimes.put_nowait))
        runtime = await runtimes.get()
        say({"port": port})

        async def answer(question: Json) -> Json:
            return {
                **tally.answer(question),
                "idle": runtime.idle,
                "reads": sum(runtime.caretaker.reads.values()),
            }

        await listen_async(answer)
        signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    arguments = pinned()
    run(serve, arguments[0])
