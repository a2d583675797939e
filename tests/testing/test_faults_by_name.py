"""Faults by name: each world is wrong in its own way, and the bot comes out right."""

import pytest

from callbot import Call, CallBot, CallState, Transition
from callbot.emulator import FaultSettings
from callbot.testing import FAULTS, simulate
from callbot.testing.world.faults import settings_for

EVERY = [
    *FAULTS,
    "callbacks doubled and reordered",
    "callbacks lost, late and doubled and requests throttled",
]


class Answering(CallBot):
    """Answers, and asks again when the platform fails."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        await call.answer()

    async def on_terminated(self, call: Call, transition: Transition) -> None:
        self.ends.append(call.id)


@pytest.mark.parametrize("name", EVERY)
async def test_every_call_is_seen_to_end_once(name: str) -> None:
    bot = Answering()
    async with simulate(bot, faults=name, handlers_may_raise=True) as world:
        calls = [await world.incoming(who) for who in ("Ana", "Femi", "Ben")]
        await world.advance(300)
        for call in calls:
            if not (await call.sight()).over:
                await call.hangs_up()
        for call in calls:
            await call.is_over()
            seen = [one.new for one in call.transitions]
            assert seen.count(CallState.TERMINATED) == 1
            assert len(set(seen)) == len(seen)
        await world.settled()
    assert sorted(bot.ends) == sorted(call.id for call in calls)


@pytest.mark.parametrize("name", EVERY)
def test_every_name_means_settings_the_emulator_knows(name: str) -> None:
    FaultSettings.model_validate(settings_for(name))
    calm = FaultSettings()
    assert FaultSettings.model_validate(settings_for()) == calm
    assert FaultSettings.model_validate(settings_for(name)) != calm


def test_names_that_begin_alike_can_be_one() -> None:
    both = settings_for("callbacks doubled and reordered")
    assert both["rates"] == {"duplicate": 1.0, "reorder": 0.5}
    assert settings_for("callbacks doubled", "callbacks reordered") == both
    assert settings_for("callbacks lost, doubled", rate=0.1)["rates"] == {"drop": 0.1, "duplicate": 0.1}


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="no fault 'callbacks eaten'; these are known:\n  callbacks lost"):
        settings_for("callbacks eaten")


async def test_faults_can_begin_and_end_in_the_middle() -> None:
    async with simulate(Answering()) as world:
        call = await world.incoming()
        await call.is_established()
        await world.faults("callbacks doubled")
        await call.press("1")
        await world.fault("drop", where="deleted terminated", call=call)
        await world.rotate_keys()
        await world.faults()
        await call.hangs_up()
        await call.is_over()
        assert "[fault: drop]" in await call.timeline() or "drop: deleted terminated" in await call.timeline()


async def test_a_platform_that_is_away_for_a_while_is_lived_through() -> None:
    async with simulate(Answering()) as world:
        call = await world.incoming()
        await call.is_established()
        await world.go_dark(600)
        await world.advance(300)
        await call.hangs_up()
        await world.advance(1000)
        await call.is_over()
