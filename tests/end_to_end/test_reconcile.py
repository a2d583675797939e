"""What callbot finds out by reading, when callbacks do not tell it."""

from callbot import Call, CallBot, CallState, Source, Transition, User
from callbot.emulator import EmulatorSettings, Timing
from callbot.testing import simulate
from tests.end_to_end.conftest import Start


class Listening(CallBot):
    def __init__(self) -> None:
        self.seen: list[Transition] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition)


async def test_without_callbacks_a_call_is_followed_by_reading_it(start: Start) -> None:
    bot = Listening()
    async with start(bot, callbacks="off", poll_interval=0.5) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        emulated = world.emulator.call(call.id)
        emulated.hang_up()
        await world.until(lambda: call.ended)
        await world.until(lambda: world.runtime.idle)
        assert [one.source for one in bot.seen] == [Source.CREATED, Source.READ, Source.GONE]
        assert [one.new for one in bot.seen] == ["establishing", "established", "terminated"]
        assert [one.inferred for one in bot.seen] == [False, False, True]


async def test_a_call_is_kept_alive() -> None:
    class Answering(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()

    strict = EmulatorSettings(timing=Timing(keep_alive_within=90))
    async with simulate(Answering(), emulator=strict, keep_alive_interval=60) as world:
        call = await world.incoming()
        await call.is_established()
        await world.advance(600)
        assert (await call.sight()).state == "established"
