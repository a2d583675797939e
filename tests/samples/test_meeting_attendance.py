"""Who came to a meeting."""

import csv
from pathlib import Path

from callbot.testing import simulate
from samples.meeting_attendance.bot import AttendanceBot


async def test_it_is_written_who_came_and_left_when(tmp_path: Path) -> None:
    bot = AttendanceBot(tmp_path / "attendance.csv")
    async with simulate(bot) as world:
        meeting = await world.meeting("Ana", "Femi", subject="Weekly")
        await bot.join_meeting(meeting.join_link)
        call = await world.outgoing()
        await call.is_established()
        await world.advance(600)
        await call.joins("Chris")
        await world.advance(1200)
        await call.leaves("Ana")
        await world.advance(1800)
        await call.ends()
        await call.is_over()
        await bot.written.wait()
    with bot.file.open(newline="") as file:
        rows = {row["name"]: int(row["minutes"]) for row in csv.DictReader(file)}
    assert rows == {"Ana": 30, "Femi": 60, "Chris": 50}
