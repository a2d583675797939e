"""The same scenario, against a bot in the test and against one that runs as a service elsewhere."""

import pytest

from callbot.testing import ExpectationFailed, Impossible, World, connect, simulate
from samples.greeter import Greeter
from tests.testing.conftest import ROOT, Elsewhere

PROMPTS = ROOT / "samples" / "prompts"


async def greets_and_lets_go(world: World) -> None:
    call = await world.incoming(user="Ana")
    await call.is_established()
    await call.hears("welcome.wav")
    await call.press("1")
    await call.hears("goodbye.wav")
    await call.is_over(code=200)


async def doubled_callbacks_change_nothing(world: World) -> None:
    await world.faults("callbacks doubled and reordered")
    await greets_and_lets_go(world)


async def somebody_new_calls_and_hangs_up(world: World) -> None:
    zoe = await world.person("Zoe", phone="+493012345678")
    call = await world.incoming(zoe)
    await call.hears((PROMPTS / "welcome.wav").read_bytes(), whole=False)
    await call.hangs_up()
    await call.is_over()


SCENARIOS = (greets_and_lets_go, doubled_callbacks_change_nothing, somebody_new_calls_and_hangs_up)


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_scenario_runs_in_the_test(scenario: type) -> None:
    async with simulate(Greeter()) as world:
        await scenario(world)


async def test_every_scenario_runs_against_a_service_elsewhere(elsewhere: Elsewhere) -> None:
    for scenario in SCENARIOS:
        async with connect(
            elsewhere.control_url, elsewhere.callback_url, ca_file=elsewhere.ca_file, prompts=PROMPTS
        ) as world:
            await scenario(world)


async def test_what_fails_elsewhere_shows_its_timeline_too(elsewhere: Elsewhere) -> None:
    async with connect(
        elsewhere.control_url, elsewhere.callback_url, ca_file=elsewhere.ca_file, prompts=PROMPTS
    ) as world:
        call = await world.incoming()
        await call.is_established()
        with pytest.raises(ExpectationFailed, match=r"did not hear farewell.wav(.|\n)*answer -> 202"):
            await call.hears("farewell.wav", within=0.2)
        with pytest.raises(Impossible, match="nobody called Waldo; there are Ana"):
            await world.incoming("Waldo")
        with pytest.raises(RuntimeError, match="the bot runs elsewhere"):
            _ = call.transitions
        with pytest.raises(RuntimeError, match="the bot runs elsewhere"):
            _ = world.handled
        await call.hangs_up()
        await call.is_over()
    with pytest.raises(Impossible, match=r"no bot listens at https://localhost:1/api/calls"):
        async with connect(elsewhere.control_url, "https://localhost:1/api/calls", ca_file=elsewhere.ca_file):
            pass


async def test_where_no_emulator_answers_is_said_at_once() -> None:
    with pytest.raises(Impossible, match=r"no answer from https://localhost:1/control/calls"):
        async with connect("https://localhost:1/control", None):
            pass
