"""What a failed test says: what was waited for, what happened instead, and the whole story."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable

import pytest

from callbot import Call, CallBot, Transition, User
from callbot.emulator import EmulatorSettings
from callbot.testing import ExpectationFailed, StagedCall, simulate
from samples.greeter import Greeter

Scenario = Callable[[StagedCall], Awaitable[object]]


async def play(bot: CallBot, scenario: Scenario, patience: float = 60.0) -> None:
    async with simulate(bot, handlers_may_raise=True, patience=patience) as world:
        await scenario(await world.incoming("Ana"))


async def said(bot: CallBot, scenario: Scenario, patience: float = 60.0) -> str:
    """Play a scenario that fails, and return what its failure says."""
    with pytest.raises(ExpectationFailed) as failure:
        await play(bot, scenario, patience)
    return str(failure.value)


class Silent(CallBot):
    pass


class Answering(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer(wait=False)


class Rude(CallBot):
    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()
        raise LookupError("no such customer")


PEOPLE = {person.display_name: User(person.id) for person in EmulatorSettings().everybody()}


class Elsewhere(CallBot):
    def __init__(self, name: str = "Femi") -> None:
        self.name = name

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()
        await call.transfer(PEOPLE[self.name])


async def test_the_wrong_prompt() -> None:
    text = await said(Greeter(), lambda call: call.hears("farewell.wav", within=20))
    assert text.startswith(
        "Ana did not hear farewell.wav; heard: welcome.wav, within 20 s\nThe call is established."
    )
    assert re.search(r"\d\.\d{3} s  Ana +has heard welcome.wav to its end", text)


async def test_a_call_that_ends_before_the_prompt() -> None:
    async def scenario(call: StagedCall) -> None:
        await call.is_established()
        await call.hangs_up()
        await call.hears("welcome.wav")

    text = await said(Greeter(), scenario)
    assert "did not hear welcome.wav" in text
    assert "before the call ended" in text
    assert "The call has ended: the person hung up (code 200, subcode 5002)." in text


async def test_a_bot_that_does_nothing() -> None:
    text = await said(Silent(), lambda call: call.is_established())
    assert text.startswith("The call was never established.\nThe call has ended: not answered in time")


async def test_a_key_that_the_bot_does_not_listen_for() -> None:
    async def scenario(call: StagedCall) -> None:
        await call.is_established()
        await call.press("7")
        await call.hears("thanks.wav", within=5)

    text = await said(Answering(), scenario)
    assert "Ana did not hear thanks.wav, nor anything else, within 5 s" in text
    assert "presses 7 (the bot does not listen for tones)" in text


async def test_a_handler_that_raised_is_named_and_is_the_cause() -> None:
    with pytest.raises(ExpectationFailed) as failure:
        await play(Rude(), lambda call: call.hears("welcome.wav"))
    assert "A handler raised LookupError: no such customer" in str(failure.value)
    assert isinstance(failure.value.__cause__, LookupError)
    assert re.search(r"handler +on_incoming .* and raised LookupError: no such customer", str(failure.value))


async def test_a_call_that_does_not_end() -> None:
    text = await said(Answering(), lambda call: call.is_over(within=30))
    assert text.startswith("The call did not end within 30 s\nThe call is established.")


async def test_the_wrong_end() -> None:
    async def scenario(call: StagedCall) -> None:
        await call.is_established()
        await call.hangs_up()
        await call.is_over(code=603)

    assert (await said(Answering(), scenario)).startswith("The call ended with code 200, not 603.")


async def test_a_transfer_to_somebody_else() -> None:
    text = await said(Elsewhere(), lambda call: call.is_transferred_to("Chris"))
    assert text.startswith("The call was transferred to Femi, not to Chris.")
    assert "transfer to Femi -> 202" in text


async def test_a_transfer_that_fails() -> None:
    text = await said(Elsewhere("Eli"), lambda call: call.is_transferred_to("Eli"))
    assert text.startswith("The transfer to Eli failed: the person is unreachable.")


async def test_a_transfer_that_never_comes() -> None:
    text = await said(Answering(), lambda call: call.is_transferred_to("Femi"))
    assert text.startswith("The call was not transferred to Femi within 120 s")
    text = await said(Answering(), lambda call: call.is_transferred_to("Waldo"))
    assert "Waldo cannot be expected: there is nobody called Waldo" in text


async def test_a_call_that_is_not_rejected() -> None:
    text = await said(Answering(), lambda call: call.is_rejected(within=5))
    assert text.startswith("The call was not rejected within 5 s")


async def test_a_call_that_the_bot_does_not_place() -> None:
    with pytest.raises(
        ExpectationFailed, match=r"The bot did not call Ben within 60 s\.\nThere was no call\."
    ):
        async with simulate(Silent()) as world:
            await world.outgoing(to="Ben")


async def test_somebody_who_is_not_there() -> None:
    async def scenario(call: StagedCall) -> None:
        await call.is_established()
        await call.leaves("Chris")

    assert (await said(Answering(), scenario)).startswith("Chris cannot leave: there is no Chris")


async def test_a_call_that_is_over() -> None:
    async def scenario(call: StagedCall) -> None:
        await call.is_established()
        await call.hangs_up()
        await call.press("1")

    assert (await said(Answering(), scenario)).startswith("nobody can press 1: the call has ended")


async def test_the_wrong_people() -> None:
    text = await said(Answering(), lambda call: call.people_are("Ana", "Femi", within=5))
    assert text.startswith("Ana, Femi should be in the call, but there is Ana within 5 s")


async def test_a_bot_that_keeps_real_time_waiting_is_given_up_on() -> None:
    """Virtual time cannot move while a thread works; the limit of real time ends the wait and says why."""
    release = threading.Event()

    class Stuck(CallBot):
        async def on_incoming(self, call: Call, transition: Transition) -> None:
            await asyncio.to_thread(release.wait)

    async def scenario(call: StagedCall) -> None:
        try:
            await call.is_established()
        finally:
            release.set()

    text = await said(Stuck(), scenario, patience=0.2)
    assert "within 0.2 s of real time; time stands still for: 1 job at work in threads" in text
