"""Reminding people of their appointments."""

import csv
from pathlib import Path

from callbot.testing import simulate
from samples.appointment_reminder.bot import Appointment, Outcome, Reminder, remind_all, write

NUMBERS = {
    "Ina": "+4930100001",
    "Jon": "+4930100002",
    "Kim": "+4930100003",
    "Lea": "+4930100004",
    "Max": "+4930100005",
    "Noa": "+4930100006",
    "Oli": "none",
}
EXPECTED = {
    "Ina": Outcome.CONFIRMED,
    "Jon": Outcome.CANCELLED,
    "Kim": Outcome.HEARD,
    "Lea": Outcome.NO_ANSWER,
    "Max": Outcome.BUSY,
    "Noa": Outcome.DECLINED,
    "Oli": Outcome.FAILED,
}


async def test_everybody_is_called_and_what_came_of_it_is_written(tmp_path: Path) -> None:
    bot, appointments = Reminder(), [Appointment(name=name, phone=phone) for name, phone in NUMBERS.items()]
    reported: list[str] = []
    async with simulate(bot) as world:
        await world.person("Ina", phone=NUMBERS["Ina"], answers_after=2, presses="1")
        await world.person("Jon", phone=NUMBERS["Jon"], answers_after=2, presses="2")
        await world.person("Kim", phone=NUMBERS["Kim"], answers_after=2)
        await world.person("Lea", phone=NUMBERS["Lea"], ignores=True)
        await world.person("Max", phone=NUMBERS["Max"], busy=True)
        await world.person("Noa", phone=NUMBERS["Noa"], declines_after=3)
        await remind_all(bot, appointments, lambda one: reported.append(one.name))
    assert {one.name: one.outcome for one in appointments} == EXPECTED
    assert sorted(reported) == sorted(NUMBERS)
    write(tmp_path / "results.csv", appointments)
    with (tmp_path / "results.csv").open(newline="") as file:
        assert {row["name"]: row["outcome"] for row in csv.DictReader(file)} == EXPECTED
