"""What handlers are told of a call that has ended already: all of it within one last moment."""

import asyncio

from callbot import Call, CallBot, Tone, Transition
from callbot.testing import simulate
from callbot.testing.world import StagedCall, World

LAST_MOMENT = 2.0


async def never() -> None:
    await asyncio.get_running_loop().create_future()


class Noting(CallBot):
    """Answers and subscribes, and notes what it is told, and when."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.ended_at = 0.0

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        self.told.append("incoming")
        await call.answer()
        await call.subscribe_to_tone()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.told.append("terminated")
        self.ended_at = asyncio.get_running_loop().time()


async def type_and_hang_up(world: World, call: StagedCall, keys: str) -> float:
    """Press keys and hang up, all at once; returns when."""
    await call.is_asked_for("subscribeToTone")
    await call.press(keys, every=0.0)
    await world.advance(0.1)  # all of it has arrived
    await call.hangs_up()
    at = asyncio.get_running_loop().time()
    await call.is_over()
    await world.advance(10.0)
    return at


def nothing_is_left(world: World, call: StagedCall) -> bool:
    record = world.runtime.record(call.id.replace("-", ""))
    return record is not None and record.unhandled == ()


async def test_the_end_does_not_wait_behind_fifty_tones_whose_handlers_hang() -> None:
    class Hanging(Noting):
        async def on_tone(self, call: Call, tone: Tone) -> None:
            self.told.append("tone")
            await never()

    bot = Hanging()
    async with simulate(bot) as world:
        call = await world.incoming("Ana")
        over = await type_and_hang_up(world, call, "0123456789" * 5)
        assert bot.told == ["incoming", "tone", "terminated"]
        assert bot.ended_at - over < LAST_MOMENT + 1.0
        assert nothing_is_left(world, call)


async def test_keys_that_were_pressed_before_the_end_are_told_before_it_while_there_is_time() -> None:
    class Collecting(Noting):
        async def on_tone(self, call: Call, tone: Tone) -> None:
            if tone.key == "1":
                await asyncio.sleep(1.0)  # the call has ended meanwhile
            self.told.append(tone.key)

    bot = Collecting()
    async with simulate(bot) as world:
        call = await world.incoming("Ana")
        await type_and_hang_up(world, call, "12")
        assert bot.told == ["incoming", "1", "2", "terminated"]

    class Slow(Noting):
        async def on_tone(self, call: Call, tone: Tone) -> None:
            await asyncio.sleep(0.9)
            self.told.append(tone.key)

    slow = Slow()
    async with simulate(slow) as world:
        call = await world.incoming("Ana")
        await type_and_hang_up(world, call, "12345")
        assert slow.told == ["incoming", "1", "2", "terminated"]  # the third had no time left
        assert nothing_is_left(world, call)


async def test_a_transition_that_waits_has_a_part_of_the_last_moment_for_itself() -> None:
    class Stuck(Noting):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await super().on_incoming(call, transition)
            await never()

        async def on_tone(self, call: Call, tone: Tone) -> None:
            await never()

        async def on_established(self, call: Call, transition: Transition) -> None:
            self.told.append("established")
            await asyncio.sleep(0.5)
            self.told.append("noted")
            await never()

    bot = Stuck()
    async with simulate(bot) as world:
        call = await world.incoming("Ana")
        over = await type_and_hang_up(world, call, "0123456789")
        assert bot.told == ["incoming", "established", "noted", "terminated"]
        assert bot.ended_at - over < LAST_MOMENT + 1.0
        assert nothing_is_left(world, call)
