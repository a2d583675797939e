"""Calls everybody on a list, reminds them of their appointment, and writes what they said.

`python -m samples.appointment_reminder.bot LIST.csv RESULTS.csv --config config/demo.toml`
"""

import argparse
import asyncio
import csv
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

from callbot import Call, CallBot, CallState, GraphError, Phone, ResourceAccount, Settings, Transition
from callbot.service import serving

# the emulator's; put the object id of your own resource account here, which has a telephone number
LINE = ResourceAccount("17a5b1c2-6e3f-4a0d-8b77-0c1d2e3f4a55")


class Outcome(StrEnum):
    """What came of a reminder."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HEARD = "heard, said nothing"
    NO_ANSWER = "no answer"
    BUSY = "busy"
    DECLINED = "declined"
    FAILED = "failed"


NOT_TAKEN = {
    408: Outcome.NO_ANSWER,
    486: Outcome.BUSY,
    603: Outcome.DECLINED,
}  # by the code of the call's result
WORTH_ANOTHER_CALL = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})


class Appointment(BaseModel):
    """A line of the list, and what came of it. `detail` says why a call was not taken."""

    name: str = ""
    phone: str = ""
    when: str = ""
    outcome: Outcome | None = None
    calls: int = 0
    detail: str = ""


class Answer(BaseModel):
    """What the bot remembers of one call: what was said in it, None when nobody took it."""

    outcome: Outcome | None = None


class Reminder(CallBot[Answer]):
    """Reminds one person in each call. `line` is the resource account it calls from."""

    def __init__(self, line: ResourceAccount = LINE) -> None:
        self.line = line

    async def remind(self, appointment: Appointment) -> None:
        """Call somebody; returns when the call is over. What came of it is in `appointment` then."""
        appointment.calls += 1
        try:
            call = await self.place_call(Phone(appointment.phone), source=self.line)
        except GraphError as error:
            appointment.outcome, appointment.detail = Outcome.FAILED, str(error.explain())
            return
        except ValueError as error:  # no telephone number
            appointment.outcome, appointment.detail = Outcome.FAILED, str(error)
            return
        await call.until(CallState.TERMINATED)
        appointment.outcome = call.data.outcome
        if appointment.outcome is None:  # nobody took the call, so nothing was asked
            result = call.resource.result_info
            appointment.outcome = (
                NOT_TAKEN.get(result.code or 0, Outcome.FAILED) if result else Outcome.FAILED
            )
            appointment.detail = str(result.explain()) if result else ""

    async def on_established(self, call: Call[Answer], transition: Transition) -> None:
        """Somebody has answered: tell them, and ask for 1 (I come) or 2 (I do not)."""
        if call.data.outcome is not None:
            return  # back from hold
        call.data.outcome = Outcome.HEARD
        answer = await call.menu(
            "prompts/reminder.wav", {"1": Outcome.CONFIRMED, "2": Outcome.CANCELLED}, retries=1
        )
        if answer is not None:
            call.data.outcome = answer
            await call.play(f"prompts/{answer}.wav")
        await call.hang_up()


async def remind_all(
    bot: Reminder,
    appointments: Sequence[Appointment],
    report: Callable[[Appointment], None],
    *,
    at_once: int = 3,
    calls: int = 2,
    pause: float = 300.0,
) -> None:
    """Call everybody, a few `at_once`. Who does not answer, or is busy, is called `calls` times in all.

    There are `pause` seconds before each further round; `report` is told of each call as soon as it is over.
    """
    free = asyncio.Semaphore(at_once)

    async def remind(appointment: Appointment) -> None:
        async with free:
            await bot.remind(appointment)
        report(appointment)

    waiting = list(appointments)
    for further in range(calls):
        if further and waiting:
            await asyncio.sleep(pause)
        async with asyncio.TaskGroup() as group:
            for appointment in waiting:
                group.create_task(remind(appointment))
        waiting = [one for one in waiting if one.outcome in WORTH_ANOTHER_CALL]


async def work_off(source: Path, target: Path, settings: Settings) -> None:
    """Read the list, call everybody on it, and write the results anew after every call."""
    with source.open(newline="", encoding="utf-8") as file:
        appointments = [Appointment.model_validate(row) for row in csv.DictReader(file)]

    def report(appointment: Appointment) -> None:
        write(target, appointments)
        reached = sum(one.outcome is not None for one in appointments)
        print(f"{reached}/{len(appointments)} {appointment.name}: {appointment.outcome}", flush=True)

    bot = Reminder()
    async with serving(bot, settings):
        await remind_all(bot, appointments, report)


def write(target: Path, appointments: Sequence[Appointment]) -> None:
    """Write the list with its results as CSV. Who has not been called yet has no outcome."""
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(Appointment.model_fields))
        writer.writeheader()
        writer.writerows(one.model_dump(mode="json") for one in appointments)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Remind people of their appointments by telephone.")
    parser.add_argument("list", type=Path, help="CSV with the columns name, phone (+49...), when")
    parser.add_argument("results", type=Path, help="CSV to write")
    parser.add_argument("--config", type=Path, help="TOML file of settings")
    typed = parser.parse_args()
    asyncio.run(work_off(typed.list, typed.results, Settings.load(typed.config)))
