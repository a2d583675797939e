"""Conversations with a caller: digits, menus, prompts that a key interrupts, recording under a policy."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from callbot import (
    Call,
    CallBot,
    CallEnded,
    CallState,
    Digits,
    GatherEnd,
    InvalidArgument,
    RecordingStatus,
    Transition,
)
from callbot.emulator import EmulatorSettings
from callbot.testing import simulate
from tests.end_to_end.verbs import WELCOME

PROMPT = EmulatorSettings(prompt_seconds=10.0)
Flow = Callable[[Call], Awaitable[Any]]


class Asking(CallBot):
    """Answers, does what the test wants, keeps what came of it, and hangs up."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.results: list[Any] = []

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        try:
            self.results.append(await self.flow(call))
        except CallEnded as ended:
            self.results.append(ended)
            raise
        await call.hang_up()


async def result_of(flow: Flow, act: Callable[[Any], Awaitable[None]], **more: Any) -> Any:
    """What a flow returns when the caller does what `act` says."""
    bot = Asking(flow)
    async with simulate(bot, emulator=PROMPT, **more) as world:
        call = await world.incoming("Ana")
        await call.is_asked_for("subscribeToTone")
        await act(call)
        await call.is_over(within=900)
        await world.settled()
    return bot.results[0]


def presses(keys: str, every: float = 0.5) -> Callable[[Any], Awaitable[None]]:
    async def act(call: Any) -> None:
        await call.press(keys, every=every)

    return act


async def silence(call: Any) -> None:
    """Press nothing."""


@pytest.mark.parametrize(
    ("keys", "every", "digits", "reason", "terminator"),
    [
        ("1234", 0.5, "1234", GatherEnd.MAX_DIGITS, None),
        ("12#", 0.5, "12", GatherEnd.TERMINATOR, "#"),
        ("12", 0.5, "12", GatherEnd.INTER_TONE_TIMEOUT, None),
        ("1*", 0.5, "1*", GatherEnd.INTER_TONE_TIMEOUT, None),
        ("", 0.5, "", GatherEnd.FIRST_TONE_TIMEOUT, None),
    ],
)
async def test_digits_are_gathered_and_say_why_there_are_no_more(
    keys: str, every: float, digits: str, reason: GatherEnd, terminator: str | None
) -> None:
    got = await result_of(lambda call: call.gather(max_digits=4), presses(keys, every))
    assert isinstance(got, Digits)
    assert got == digits
    assert (got.reason, got.terminator, got.complete) == (reason, terminator, bool(digits))


async def test_a_key_interrupts_the_prompt_and_is_the_first_digit() -> None:
    bot = Asking(lambda call: call.gather(WELCOME, max_digits=2))
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_asked_for("playPrompt")
        await call.press("42", every=2)
        await call.is_over()
        (heard,) = (await call.sight()).heard
        assert not heard.whole
    assert bot.results == ["42"]


async def test_without_barge_in_the_prompt_is_heard_whole_and_no_key_is_lost() -> None:
    bot = Asking(lambda call: call.gather(WELCOME, max_digits=3, barge_in=False))
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_asked_for("playPrompt")
        await call.press("42", every=2)
        await call.hears("welcome.wav")
        await call.press("7")
        await call.is_over()
    assert bot.results == ["427"]


async def test_keys_that_are_pressed_while_a_prompt_plays_are_still_there_after_it() -> None:
    async def flow(call: Call) -> str:
        await call.subscribe_to_tone()
        await call.play(WELCOME)
        return await call.gather(WELCOME, max_digits=2)  # not played: the caller has answered already

    bot = Asking(flow)
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_asked_for("playPrompt")
        await call.press("12", every=1)
        await call.is_over()
        assert len((await call.sight()).heard) == 1
    assert bot.results == ["12"]


async def test_too_few_digits_are_asked_for_again_with_the_prompt_for_it() -> None:
    async def act(call: Any) -> None:
        await call.hears("welcome.wav")
        await call.press("1#")
        await call.hears("goodbye.wav")
        await call.press("123#")

    got = await result_of(
        lambda call: call.gather(
            WELCOME, min_digits=3, retries=2, retry_prompt=WELCOME.with_name("goodbye.wav")
        ),
        act,
    )
    assert (got, got.tries, got.complete) == ("123", 2, True)


async def test_after_the_last_try_what_there_is_is_returned_as_incomplete() -> None:
    got = await result_of(lambda call: call.gather(WELCOME, min_digits=3, retries=1), silence)
    assert (got, got.tries, got.complete, got.reason) == ("", 2, False, GatherEnd.FIRST_TONE_TIMEOUT)


async def test_a_terminator_that_was_not_needed_does_not_end_the_next_question() -> None:
    async def flow(call: Call) -> list[Digits]:
        return [
            await call.gather(max_digits=2, first_tone_timeout=9),
            await call.gather(max_digits=2, first_tone_timeout=9),
        ]

    assert await result_of(flow, presses("12#34")) == ["12", "34"]


@pytest.mark.parametrize("faults", ["callbacks doubled and reordered", "callbacks resent and batched"])
async def test_digits_come_in_the_order_in_which_they_were_pressed(faults: str) -> None:
    async def flow(call: Call) -> Digits:
        return await call.gather(max_digits=8, first_tone_timeout=30, inter_tone_timeout=10)

    assert await result_of(flow, presses("31415926"), faults=faults) == "31415926"


async def test_a_menu_returns_what_the_key_stands_for() -> None:
    async def act(call: Any) -> None:
        await call.hears("welcome.wav")
        await call.press("9")
        await call.hears("goodbye.wav")
        await call.hears("welcome.wav", whole=False)
        await call.press("2")

    goodbye = WELCOME.with_name("goodbye.wav")
    got = await result_of(lambda call: call.menu(WELCOME, {"1": "sales", "2": "help"}, invalid=goodbye), act)
    assert got == "help"


async def test_a_menu_from_which_nobody_chooses_returns_none() -> None:
    got = await result_of(lambda call: call.menu(WELCOME, {"1": 1}, retries=1), silence)
    assert got is None


@pytest.mark.parametrize(
    "flow",
    [
        lambda call: call.gather(WELCOME),
        lambda call: call.gather(first_tone_timeout=300),
        lambda call: call.menu([WELCOME, WELCOME], {"1": 1}),
        lambda call: call.play(WELCOME, interrupt_on_tone=True),
        lambda call: call.until(CallState.HOLD),
    ],
    ids=["prompt", "digits", "menu", "play", "state"],
)
async def test_the_end_of_the_call_ends_whatever_waits(flow: Flow) -> None:
    bot = Asking(flow)
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_established()
        await world.advance(4)
        await call.hangs_up()
        await call.is_over()
        await world.settled()
    assert isinstance(bot.results[0], CallEnded)


async def test_only_the_keys_that_are_named_interrupt_a_prompt() -> None:
    bot = Asking(lambda call: call.play(WELCOME, loop=2, interrupt_on_tone="#"))
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_asked_for("playPrompt")
        await call.press("12", every=2)
        await call.hears("welcome.wav")
        await call.press("#")
        await call.is_over()
        assert [one.whole for one in (await call.sight()).heard] == [True, False]


async def test_a_wait_that_is_given_up_leaves_no_task_behind() -> None:
    async def flow(call: Call) -> list[str]:
        before = asyncio.all_tasks()
        for verb in (
            lambda: call.play(WELCOME, interrupt_on_tone=True),
            lambda: call.gather(first_tone_timeout=60),
        ):
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await verb()
        left = [str(one) for one in asyncio.all_tasks() - before]
        return [one for one in left if "PlayingVerbs" in one or "Event.wait" in one]

    bot = Asking(flow)
    async with simulate(bot, emulator=PROMPT) as world:
        call = await world.incoming()
        await call.is_over()
    assert not bot.results[0]


@pytest.mark.parametrize(
    "flow",
    [
        lambda call: call.gather(min_digits=3, max_digits=2),
        lambda call: call.gather(first_tone_timeout=0),
        lambda call: call.menu(WELCOME, {"12": 1}),
        lambda call: call.menu(WELCOME, {}),
        lambda call: call.play(WELCOME, interrupt_on_tone=True, wait=False),
    ],
)
async def test_what_cannot_work_is_refused_at_once(flow: Flow) -> None:
    async def refused(call: Call) -> str:
        with pytest.raises(InvalidArgument) as error:
            await flow(call)
        return str(error.value)

    bot = Asking(refused)
    async with simulate(bot) as world:
        call = await world.incoming()
        await call.is_over()
    assert bot.results


async def test_the_recording_status_is_shown_while_the_block_runs() -> None:
    statuses: list[object] = []

    class Recorder(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await call.answer()
            with pytest.raises(LookupError):
                async with call.recording_status():
                    raise LookupError
            async with call.recording_status():
                await call.until(CallState.HOLD)  # until the call ends

    async with simulate(Recorder()) as world:
        call = await world.recorded("Ana", "Femi")
        await call.is_established()
        await world.advance(5)
        statuses = [one.get("status") for one in await call.requests("updateRecordingStatus")]
        await call.ends()
        await call.is_over()
    assert statuses == [RecordingStatus.RECORDING, RecordingStatus.FAILED, RecordingStatus.RECORDING]
