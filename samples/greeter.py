"""A bot that greets whoever calls, and says goodbye when they press 1.

In one terminal `python -m callbot emulator`, in another
`python -m callbot run samples.greeter:bot --config config/demo.toml`; then let somebody call it with the
command that the emulator prints.
"""

from pathlib import Path

from callbot import Call, CallBot, Settings, Transition, run


class Greeter(CallBot):
    """Answers, plays a prompt, listens for keys, hangs up."""

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        """Take the call: Graph gives a bot 15 seconds for it."""
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        """Greet the caller, and let them go when they press 1."""
        await call.audio_ready()
        await call.subscribe_to_tone()
        await call.play("prompts/welcome.wav")
        async for tone in call.tones():
            if tone.key == "1":
                await call.play("prompts/goodbye.wav")
                await call.hang_up()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        """Say why it ended."""
        print(f"call {call.id} ended: {transition.result.explain()}")


bot = Greeter()

if __name__ == "__main__":
    run(bot, Settings.load(Path(__file__).parent.parent / "config" / "demo.toml"))
