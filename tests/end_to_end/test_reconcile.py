"""What callbot finds out by reading, when callbacks do not tell it."""

from callbot import Call, CallBot, CallState, Source, Transition, User
from callbot.emulator import Timing
from tests.end_to_end.conftest import Start


class Listening(CallBot):
    def __init__(self) -> None:
        self.seen: list[Transition] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition)


async def test_without_callbacks_a_call_is_followed_by_reading_it(start: Start) -> None:
    bot = Listening()
    async with start(bot, callbacks="off", poll_interval=0.05) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        emulated = world.emulator.call(call.id)
        emulated.hang_up()
        await world.until(lambda: call.ended)
        await world.until(lambda: world.runtime.idle)
        assert [one.source for one in bot.seen] == [Source.CREATED, Source.READ, Source.GONE]
        assert [one.new for one in bot.seen] == ["establishing", "established", "terminated"]
        assert [one.inferred for one in bot.seen] == [False, False, True]


async def test_a_call_is_kept_alive(start: Start) -> None:
    bot = Listening()
    async with start(bot, keep_alive_interval=0.1, timing=Timing(keep_alive_within=0.4)) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        emulated = world.emulator.call(call.id)
        await call.until(CallState.ESTABLISHED)
        record = world.runtime.registry.get(call.id.replace("-", ""))
        assert record is not None
        answered_at = record.state_at

        def kept() -> bool:
            now = world.runtime.registry.get(call.id.replace("-", ""))
            return now is not None and now.kept_alive_at > answered_at + 0.5

        await world.until(kept)
        assert not emulated.over
        await call.hang_up()
