"""Calls everybody on a list, reminds them of their appointment, and writes what they said.

`python -m samples.appointment_reminder.bot appointments.csv results.csv`
"""

import asyncio
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel

from callbot import (
    Call,
    CallBot,
    CallState,
    GraphError,
    Phone,
    ResourceAccount,
    Settings,
    Transition,
)
from callbot.service import serving

CONFIG = Path(__file__).parents[2] / "config" / "demo.toml"
LINE = ResourceAccount(
    "17a5b1c2-6e3f-4a0d-8b77-0c1d2e3f4a55"
)  # the emulator's; yours has a number of your own
AT_ONCE = 3


class Outcome(StrEnum):
    """What came of a reminder."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HEARD = "heard, said nothing"
    NO_ANSWER = "no answer"
    BUSY = "busy"
    DECLINED = "declined"
    FAILED = "failed"


_WHY = {408: Outcome.NO_ANSWER, 486: Outcome.BUSY, 603: Outcome.DECLINED}  # SIP's codes, in Graph's results


class Appointment(BaseModel):
    """A line of the list, and what came of it."""

    name: str = ""
    phone: str = ""
    when: str = ""
    outcome: Outcome | None = None


class Reminder(CallBot[Appointment]):
    """Reminds one person in each call. `line` is the resource account it calls from."""

    def __init__(self, line: ResourceAccount = LINE) -> None:
        self.line = line

    async def remind(self, appointment: Appointment) -> Outcome:
        """Call somebody; returns when the call is over, with what came of it."""
        try:
            call = await self.place_call(Phone(appointment.phone), source=self.line, data=appointment)
        except (GraphError, ValueError):  # a refusal, or no telephone number
            return Outcome.FAILED
        await call.until(CallState.TERMINATED)
        return call.data.outcome or _WHY.get(_code(call), Outcome.FAILED)

    async def on_established(self, call: Call[Appointment], transition: Transition) -> None:
        """Somebody has answered: tell them, and ask for 1 (I come) or 2 (I do not)."""
        call.data.outcome = Outcome.HEARD
        answer = await call.menu(
            "prompts/reminder.wav", {"1": Outcome.CONFIRMED, "2": Outcome.CANCELLED}, retries=1
        )
        if answer is not None:
            call.data.outcome = answer
            await call.play(f"prompts/{answer}.wav")
        await call.hang_up()


async def remind_all(
    bot: Reminder, appointments: Iterable[Appointment], report: Callable[[Appointment], None]
) -> None:
    """Call everybody, a few at once; `report` is told of each as soon as it is over."""
    free = asyncio.Semaphore(AT_ONCE)

    async def remind(appointment: Appointment) -> None:
        async with free:
            appointment.outcome = await bot.remind(appointment)
        report(appointment)

    async with asyncio.TaskGroup() as group:
        for appointment in appointments:
            group.create_task(remind(appointment))


async def work_off(source: Path, target: Path, settings: Settings) -> None:
    """Read the list, call everybody on it, and write the results."""
    with source.open(newline="", encoding="utf-8") as file:
        appointments = [Appointment.model_validate(row) for row in csv.DictReader(file)]
    done = Counter[Outcome | None]()

    def report(appointment: Appointment) -> None:
        done[appointment.outcome] += 1
        print(f"{done.total()}/{len(appointments)} {appointment.name}: {appointment.outcome}")

    bot = Reminder()
    try:
        async with serving(bot, settings):
            await remind_all(bot, appointments, report)
    finally:  # also when it was interrupted: who has not been called has no outcome
        write(target, appointments)


def write(target: Path, appointments: Iterable[Appointment]) -> None:
    """Write the list with its results as CSV."""
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(Appointment.model_fields))
        writer.writeheader()
        writer.writerows(one.model_dump(mode="json") for one in appointments)


def _code(call: Call[Appointment]) -> int:
    result = call.resource.result_info
    return (result.code or 0) if result is not None else 0


if __name__ == "__main__":
    asyncio.run(work_off(Path(sys.argv[1]), Path(sys.argv[2]), Settings.load(CONFIG)))
