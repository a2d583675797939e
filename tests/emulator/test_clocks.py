"""The deadlines of the platform, on a clock that the test moves."""

import pytest

from callbot.emulator import Timing, Unsettled
from callbot.testing import ManualClock
from tests.emulator.conftest import Start

SLOW = Timing(establish=1.0, media=1.0, terminating=1.0)
PEOPLE = {
    "Ben": "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22",
    "Chris": "d3e8c1f2-9f5b-4c7f-8e66-7b2a3f4e5d33",
    "Dana": "e4f9d2a3-a06c-4d80-9f77-8c3b4a5f6e44",
    "Eli": "f50ae3b4-b17d-4e91-a088-9d4c5b606f55",
    "nobody": "00000000-1111-4222-8333-444444444444",
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_an_incoming_call_rings_for_15_seconds(start: Start, clock: ManualClock) -> None:
    bot = await start(clock=clock, timing=SLOW)
    call = await bot.emulator.place_call("Ana")
    await clock.advance(14.9)
    assert call.state == "incoming"
    await clock.advance(0.1)
    assert call.states == ["incoming", "terminated"]
    ended = await bot.until("deleted terminated")
    assert ended.data["resultInfo"]["subcode"] == 8587
    late = await bot.verb(call.id, "answer", bot.answer_body())
    assert (late.status, late.code) == (404, "8522")


async def test_an_answered_call_does_not_end_after_15_seconds(start: Start, clock: ManualClock) -> None:
    bot = await start(clock=clock, timing=SLOW)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await clock.advance(60)
    assert call.states == ["incoming", "establishing", "established"]


async def test_a_call_that_is_not_kept_alive_ends_after_45_minutes(start: Start, clock: ManualClock) -> None:
    bot = await start(clock=clock, timing=SLOW)
    call = await bot.emulator.place_call("Ana")
    await bot.until("created incoming")
    await bot.verb(call.id, "answer", bot.answer_body())
    await clock.advance(2000)
    assert (await bot.verb(call.id, "keepAlive")).status == 200
    await clock.advance(2699)
    assert call.state == "established"
    await clock.advance(1)
    assert call.transitions[-1].subcode == 8537


@pytest.mark.parametrize(
    ("who", "seconds", "subcode"),
    [
        ("Ben", 60, 10057),
        ("Chris", 1, 8538),
        ("Dana", 1, 8539),
        ("Eli", 1, 10076),
        ("nobody", 0.2, 10037),
    ],
)
async def test_people_react_each_in_their_way(
    start: Start, clock: ManualClock, who: str, seconds: float, subcode: int
) -> None:
    bot = await start(clock=clock)
    call = bot.emulator.call(await bot.place(PEOPLE[who]))
    await clock.advance(seconds - 0.1)
    assert call.state == "establishing"
    await clock.advance(0.1)
    assert call.states == ["establishing", "terminated"]
    assert call.transitions[-1].subcode == subcode
    await bot.until("deleted terminated")


async def test_a_ringing_timeout_of_the_bot_replaces_the_60_seconds(start: Start, clock: ManualClock) -> None:
    bot = await start(clock=clock)
    call = bot.emulator.call(await bot.place(PEOPLE["Ben"], ringingTimeoutInSeconds=20))
    await clock.advance(20)
    assert call.over


async def test_somebody_who_ignores_a_call_can_still_be_made_to_answer(
    start: Start, clock: ManualClock
) -> None:
    bot = await start(clock=clock)
    call = bot.emulator.call(await bot.place(PEOPLE["Ben"]))
    await clock.advance(30)
    call.answer()
    await clock.advance(120)
    assert call.states == ["establishing", "established"]


async def test_unsettled_states_are_shown_where_the_settings_ask_for_them(
    start: Start, clock: ManualClock
) -> None:
    bot = await start(
        clock=clock, timing=SLOW, unsettled=Unsettled(ringing_state=True, terminating_state=True)
    )
    call = bot.emulator.call(await bot.place(PEOPLE["Ben"]))
    await bot.until("updated ringing")
    call.answer()
    await bot.request("DELETE", f"/communications/calls/{call.id}")
    await bot.until("updated terminating")
    await clock.advance(1)
    await bot.until("deleted terminated")
    assert call.states == ["establishing", "ringing", "established", "terminating", "terminated"]
