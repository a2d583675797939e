"""A telephone menu: 1 for sales, 2 for a message after the beep.

`python -m callbot run samples.ivr_menu.bot:bot --config config/demo.toml`
"""

from pathlib import Path

from pydantic import BaseModel

from callbot import Call, CallBot, CallState, OperationFailed, Router, Transition, User, filters

SALES = User("061bf4c5-c28e-4fa2-b199-ae5d6c717066")  # Femi, in the emulator
MESSAGES = Path("messages")


class Visit(BaseModel):
    """What the bot remembers of a call."""

    wanted: str = "nothing"
    message: Path | None = None


class Reception(CallBot[Visit]):
    """Asks what the caller wants and does it.

    `sales` is who takes the calls for 1, `messages` the folder for what people say after 2.
    """

    def __init__(self, sales: User = SALES, messages: Path = MESSAGES) -> None:
        self.sales = sales
        self.messages = messages

    async def on_incoming(self, call: Call[Visit], transition: Transition) -> None:
        """Take the call."""
        await call.answer(prefetch=["prompts/menu.wav"])

    async def on_established(self, call: Call[Visit], transition: Transition) -> None:
        """Ask, up to three times; who chooses nothing may leave a message."""
        choice = await call.menu(
            "prompts/menu.wav",
            {"1": self.connect, "2": self.take_message},
            invalid="prompts/again.wav",
            no_input="prompts/again.wav",
        )
        await (choice or self.take_message)(call)

    async def connect(self, call: Call[Visit]) -> None:
        """Pass the caller on to sales; when nobody answers there, take a message."""
        call.data.wanted = "sales"
        try:
            await call.transfer(self.sales)
        except OperationFailed:
            await self.take_message(call)

    async def take_message(self, call: Call[Visit]) -> None:
        """Record what the caller says until they press # or are silent, and hang up."""
        call.data.wanted = "message"
        try:
            recording = await call.record("prompts/message.wav", max_duration=60, stop_tones="#")
        except OperationFailed:  # nobody said anything
            await call.hang_up()
            return
        self.messages.mkdir(parents=True, exist_ok=True)
        message = self.messages / f"{call.id}.wav"
        await recording.save(message)  # at once: the platform keeps it for a short time only
        call.data.message = message
        await call.hang_up()


log = Router()


@log.on(CallState.TERMINATED, when=filters.incoming)
async def say_what_came_of_it(call: Call[Visit], transition: Transition) -> None:
    """Print a line for each call."""
    print(f"{call.id}: {call.data.wanted}, {transition.result.explain()}")


bot = Reception().include(log)
