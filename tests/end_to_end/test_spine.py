"""The spine: a call rings, the bot answers, the handler hears `established`."""

import asyncio
from pathlib import Path

import pytest

from callbot import (
    Call,
    CallBot,
    CallEnded,
    CallState,
    HandlerFailure,
    RejectReason,
    Transition,
    User,
)
from callbot.emulator import Timing
from callbot.graph import peer_to_peer
from tests.end_to_end.conftest import Start

WELCOME = Path(__file__).parents[2] / "samples" / "prompts" / "welcome.wav"


class Greeter(CallBot):
    def __init__(self) -> None:
        self.heard: list[str] = []

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.refresh()
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        await call.subscribe_to_tone()
        await call.play(WELCOME)
        async for tone in call.tones():
            self.heard.append(tone.key)
            if tone.key == "1":
                await call.hang_up()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.heard.append("over")


async def test_a_person_calls_hears_the_prompt_presses_a_key_and_is_hung_up_on(start: Start) -> None:
    bot = Greeter()
    async with start(bot) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until_heard(1)
        emulated.press("1")
        await emulated.until_over()
        await world.settled()
        assert world.steps(emulated.id) == [
            (None, "incoming"),
            ("incoming", "establishing"),
            ("establishing", "established"),
            ("established", "terminated"),
        ]
        assert bot.heard == ["1", "over"]
        assert ("GET", f"/v1.0/communications/calls/{emulated.id}") in world.requests()
        assert world.steps(emulated.id) == world.emulated_steps(emulated.id)


class Caller(CallBot):
    def __init__(self) -> None:
        self.seen: list[str] = []
        self.ends: list[Transition] = []

    async def on_transition(self, call: Call, transition: Transition) -> None:
        self.seen.append(transition.new)

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.ends.append(transition)


async def test_the_bot_calls_a_person_who_answers(start: Start) -> None:
    bot = Caller()
    async with start(bot) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        assert call.state is CallState.ESTABLISHING
        await call.until(CallState.ESTABLISHED)
        await call.audio_ready()
        await call.hang_up()
        assert call.ended
        await world.settled()
        assert bot.seen == ["establishing", "established"]
        assert len(bot.ends) == 1
        assert world.steps(call.id) == world.emulated_steps(call.id)


async def test_the_bot_calls_a_person_who_does_not_pick_up(start: Start) -> None:
    bot = Caller()
    async with start(bot, timing=Timing(ring=0.2)) as world:
        call = await bot.place_call(User(world.emulator.person("Ben").id))
        with pytest.raises(CallEnded):
            await call.until(CallState.ESTABLISHED)
        await world.settled()
        assert world.steps(call.id) == [(None, "establishing"), ("establishing", "terminated")]
        (end,) = bot.ends
        assert end.result.code == 408
        assert "answer" in str(end.result.explain()).lower()


async def test_everything_awaited_on_a_call_raises_when_it_ends(start: Start) -> None:
    outcome: list[str] = []

    class Waiting(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            try:
                await call.until(CallState.HOLD)
            except CallEnded:
                outcome.append("until")
            try:
                await call.play(WELCOME)
            except CallEnded:
                outcome.append("play")
            await call.hang_up()
            await call.refresh()
            outcome.append("done")

    async with start(Waiting()) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until("established")
        emulated.hang_up()
        await emulated.until_over()
        await world.settled()
    assert outcome == ["until", "play", "done"]


async def test_a_call_that_ends_while_a_handler_runs_gives_it_a_last_moment_and_then_cancels_it(
    start: Start,
) -> None:
    went: list[str] = []

    class Stubborn(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                went.append("cancelled")

        async def on_terminated(self, call: Call, transition: Transition) -> None:
            went.append("terminated")

    async with start(Stubborn()) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until("established")
        emulated.hang_up()
        await emulated.until_over()
        await world.settled()
    assert went == ["cancelled", "terminated"]


async def test_a_handler_that_raises_is_given_to_on_error_and_the_call_goes_on(start: Start) -> None:
    failures: list[HandlerFailure] = []

    class Clumsy(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer(wait=False)
            raise LookupError("no such customer")

        async def on_established(self, call: Call, transition: Transition) -> None:
            await call.hang_up()

        async def on_error(self, call: Call, failure: HandlerFailure) -> None:
            failures.append(failure)
            raise RuntimeError("and this one fails too")

    async with start(Clumsy()) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until_over()
        await world.settled()
    assert [str(one.error) for one in failures] == ["no such customer"]
    assert failures[0].handler.endswith("Clumsy.on_incoming")


async def test_a_call_nobody_told_the_bot_about_is_adopted_and_read(start: Start) -> None:
    """As after a restart with a store that forgets: the first thing heard of the call is in the middle."""
    bot = Caller()
    async with start(bot) as world:
        ids: list[str] = []

        async def ask_elsewhere() -> None:
            body = peer_to_peer(
                User(world.emulator.person("Femi").id),
                callback_uri=world.settings.callback_url,
                tenant=world.settings.tenant_id,
            )
            resource = await world.runtime.graph.create_call(body, tenant=world.settings.tenant_id)
            ids.append(resource.id or "")

        await ask_elsewhere()
        emulated = world.emulator.call(ids[0])
        await emulated.until("established")
        await world.until(lambda: "established" in bot.seen)
        await world.until(lambda: world.runtime.caretaker.reads["unknown call"] >= 1)
        emulated.hang_up()
        await emulated.until_over()
        await world.settled()
        assert world.steps(ids[0])[-1] == ("established", "terminated")


async def test_a_rejected_call_ends_without_a_state_in_its_last_notification(start: Start) -> None:
    class Busy(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.reject(RejectReason.BUSY)

    async with start(Busy()) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until_over()
        await world.settled()
        assert world.steps(emulated.id) == [(None, "incoming"), ("incoming", "terminated")]


async def test_verbs_on_a_call_that_graph_has_forgotten_end_it(start: Start) -> None:
    bot = Caller()
    async with start(bot) as world:
        call = await bot.place_call(User(world.emulator.person("Femi").id))
        await call.until(CallState.ESTABLISHED)
        await world.runtime.graph.hang_up(call.id, tenant=call.tenant_id)
        with pytest.raises(CallEnded):
            await call.subscribe_to_tone()
        assert call.ended


async def test_a_stop_waits_for_a_handler_and_for_the_callbacks_it_needs(start: Start) -> None:
    went: list[str] = []

    class Speaking(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            went.append("plays")
            await call.play(WELCOME)
            went.append("played")
            await call.hang_up()

    async with start(Speaking()) as world:
        await world.emulator.place_call("Ana")
        await world.until(lambda: went == ["plays"])
    assert went == ["plays", "played"]


async def test_a_handler_that_cancels_itself_is_a_failure_and_the_next_one_runs(start: Start) -> None:
    went: list[str] = []

    class Odd(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.reject()
            raise asyncio.CancelledError

        async def on_terminated(self, call: Call, transition: Transition) -> None:
            went.append("terminated")

        async def on_error(self, call: Call, failure: HandlerFailure) -> None:
            went.append(type(failure.error).__name__)

    async with start(Odd()) as world:
        emulated = await world.emulator.place_call("Ana")
        await emulated.until_over()
        await world.settled()
    assert went == ["RuntimeError", "terminated"]


async def test_a_stop_in_a_hurry_waits_for_no_handler(start: Start) -> None:
    went: list[str] = []

    class Stubborn(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            went.append("begun")
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                went.append("cancelled")

    async with start(Stubborn(), drain_timeout=3600.0) as world:
        await world.emulator.place_call("Ana")
        await world.until(lambda: went == ["begun"])
        world.runtime.hurry()
    assert went == ["begun", "cancelled"]
