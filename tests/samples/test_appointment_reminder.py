"""Reminding people of their appointments."""

import asyncio
import csv
from pathlib import Path

from callbot.testing import World, simulate
from samples.appointment_reminder.bot import Appointment, Outcome, Reminder, remind_all, write

NUMBERS = {
    "Ina": "+4930100001",
    "Jon": "+4930100002",
    "Kim": "+4930100003",
    "Lea": "+4930100004",
    "Max": "+4930100005",
    "Noa": "+4930100006",
    "Oli": "none",
    "Pia": "+4930100008",
}
EXPECTED = {
    "Ina": Outcome.CONFIRMED,
    "Jon": Outcome.CANCELLED,
    "Kim": Outcome.HEARD,
    "Lea": Outcome.NO_ANSWER,
    "Max": Outcome.BUSY,
    "Noa": Outcome.DECLINED,
    "Oli": Outcome.FAILED,
    "Pia": Outcome.FAILED,
}
CALLED_AGAIN = ["Lea", "Max"]


async def townspeople(world: World) -> None:
    """Everybody of NUMBERS but Pia, whom nobody knows, and Oli, who has no telephone."""
    await world.person("Ina", phone=NUMBERS["Ina"], answers_after=2, presses="1")
    await world.person("Jon", phone=NUMBERS["Jon"], answers_after=2, presses="2")
    await world.person("Kim", phone=NUMBERS["Kim"], answers_after=2)
    await world.person("Lea", phone=NUMBERS["Lea"], ignores=True)
    await world.person("Max", phone=NUMBERS["Max"], busy=True)
    await world.person("Noa", phone=NUMBERS["Noa"], declines_after=3)


async def test_everybody_is_called_and_what_came_of_it_is_written(tmp_path: Path) -> None:
    bot, appointments = Reminder(), [Appointment(name=name, phone=phone) for name, phone in NUMBERS.items()]
    reported: list[str] = []
    async with simulate(bot) as world:
        await townspeople(world)
        await remind_all(bot, appointments, lambda one: reported.append(one.name))
    assert {one.name: one.outcome for one in appointments} == EXPECTED
    assert sorted(reported) == sorted([*NUMBERS, *CALLED_AGAIN])
    assert sorted(one.name for one in appointments if one.calls > 1) == CALLED_AGAIN
    write(tmp_path / "results.csv", appointments)
    with (tmp_path / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"]: row["outcome"] for row in rows} == EXPECTED
    answered = {Outcome.CONFIRMED, Outcome.CANCELLED, Outcome.HEARD}
    assert all(row["detail"] for row in rows if row["outcome"] not in answered)


async def test_who_was_busy_is_reached_the_second_time() -> None:
    bot, appointment = Reminder(), Appointment(name="Max", phone=NUMBERS["Max"])
    outcomes: list[Outcome | None] = []
    async with simulate(bot) as world:
        await world.person("Max", phone=NUMBERS["Max"], busy=True)

        def report(one: Appointment) -> None:
            outcomes.append(one.outcome)

        await remind_all(bot, [appointment], report, calls=1)
        await world.person("Max", answers_after=1, presses="1")
        await remind_all(bot, [appointment], report, calls=1)
    assert outcomes == [Outcome.BUSY, Outcome.CONFIRMED]
    assert appointment.calls == 2


async def test_no_more_are_called_at_once_than_is_said() -> None:
    bot = Reminder()
    appointments = [Appointment(name=name, phone=NUMBERS[name]) for name in ("Ina", "Jon", "Kim")]
    async with simulate(bot) as world:
        await townspeople(world)
        await remind_all(bot, appointments, lambda _: None, at_once=1)
        times = [
            (one.call_id, one.at) for one in world.transitions if one.new in {"establishing", "terminated"}
        ]
    assert [one for one, _ in times[::2]] == [one for one, _ in times[1::2]]


async def test_who_was_on_hold_is_not_asked_anew() -> None:
    bot, appointment = Reminder(), Appointment(name="Kim", phone=NUMBERS["Kim"])
    async with simulate(bot) as world:
        await townspeople(world)
        reminding = asyncio.create_task(remind_all(bot, [appointment], lambda _: None))
        call = await world.outgoing()
        await call.hears("reminder.wav", whole=False)
        await call.holds()
        await call.resumes()
        await call.press("1")
        await reminding
    assert appointment.outcome is Outcome.CONFIRMED
