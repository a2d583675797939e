"""Two processes in turn on one store: whoever accepts a callback, one process handles it."""

from pathlib import Path

from callbot import Call, CallBot, CallState, Transition, User
from callbot.model import ResourcePath
from callbot.runtime import Runtime
from callbot.state import Notified
from tests.end_to_end.conftest import Start, World
from tests.state.wire import state


class Listening(CallBot):
    def __init__(self) -> None:
        self.seen: list[Transition] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition)


def second(world: World) -> tuple[Listening, Runtime]:
    bot = Listening()
    return bot, Runtime(bot, world.settings)


async def test_a_call_goes_on_in_the_process_that_takes_over(start: Start, tmp_path: Path) -> None:
    first = Listening()
    async with start(first, store=f"sqlite:///{tmp_path}/calls.db", reconcile_interval=10) as world:
        call = await first.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        heir, runtime = second(world)
        await runtime.start()
        assert not runtime.ownership.held
        await world.until(lambda: world.runtime.idle)
        await world.runtime.stop()
        await runtime.ownership.until_held()
        assert [one.id for one in runtime.registry.live()] == [call.id]
        world.emulator.call(call.id).hang_up()
        await world.until(lambda: len(heir.seen) == 1)
        assert (heir.seen[0].old, heir.seen[0].new) == ("established", "terminated")
        assert [one.new for one in first.seen] == ["establishing", "established"]
        await runtime.stop()


async def test_what_the_waiting_process_accepts_is_handled_by_the_one_that_has_the_lease(
    start: Start, tmp_path: Path
) -> None:
    first = Listening()
    async with start(first, store=f"sqlite:///{tmp_path}/calls.db") as world:
        call = await first.place_call(User(world.emulator.person("Ben").id))
        heir, runtime = second(world)
        await runtime.start()
        await runtime.intake._keep([established(call)])  # as a callback that came to the other one
        await call.until(CallState.ESTABLISHED)
        assert heir.seen == []
        await runtime.stop()
        await call.hang_up()


def established(call: Call) -> Notified:
    seen = state("established")
    return seen._replace(call_id=call.id, path=ResourcePath.of_call(call.id))


async def test_a_process_that_lost_its_lease_handles_nothing_any_more(start: Start, tmp_path: Path) -> None:
    first = Listening()
    async with start(first, store=f"sqlite:///{tmp_path}/calls.db") as world:
        call = await first.place_call(User(world.emulator.person("Ben").id))
        await world.until(lambda: world.runtime.idle)
        await world.runtime.ownership._store.release([world.runtime.ownership._lease])  # type: ignore[list-item]
        heir, runtime = second(world)
        await runtime.start()
        assert runtime.ownership.held
        await world.until(lambda: not world.runtime.ownership.held)
        await world.runtime.intake._keep([established(call)])
        await world.until(lambda: [one.new for one in heir.seen] == ["established"])
        assert [one.new for one in first.seen] == ["establishing"]
        await runtime.stop()
