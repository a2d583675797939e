"""Who came to a meeting."""

import asyncio
import csv
from datetime import datetime
from pathlib import Path

import pytest

from callbot import InvalidArgument
from callbot.testing import simulate
from samples.meeting_attendance.bot import AttendanceBot, attend


@pytest.fixture
def bot(tmp_path: Path) -> AttendanceBot:
    return AttendanceBot(tmp_path / "attendance.csv")


def rows(bot: AttendanceBot) -> list[tuple[str, str]]:
    with bot.file.open(newline="") as file:
        return [(row["name"], row["minutes"]) for row in csv.DictReader(file)]


async def test_it_is_written_who_came_and_left_when(bot: AttendanceBot) -> None:
    async with simulate(bot) as world:
        meeting = await world.meeting("Ana", "Femi", subject="Weekly")
        attending = asyncio.create_task(attend(bot, meeting.join_link))
        call = await world.outgoing()
        await call.is_established()
        await world.advance(600)
        await call.joins("Chris")
        await world.advance(1200)
        await call.leaves("Ana")
        await world.advance(600)
        await call.joins("Ana")
        await world.advance(1200)
        assert rows(bot) == [("Ana", "30"), ("Femi", ""), ("Chris", ""), ("Ana", "")]
        await call.ends()
        await call.is_over()
        await attending
    assert rows(bot) == [("Ana", "30"), ("Femi", "60"), ("Chris", "50"), ("Ana", "20")]


async def test_times_are_written_with_their_zone(bot: AttendanceBot) -> None:
    began = datetime.fromisoformat("2031-05-05T09:00:00+00:00")
    async with simulate(bot, starts_at=began) as world:
        meeting = await world.meeting("Ana", "Femi")
        await bot.join_meeting(meeting.join_link)
        call = await world.outgoing()
        await call.is_established()
        await world.advance(5)
    with bot.file.open(newline="") as file:
        assert {row["came"] for row in csv.DictReader(file)} == {"2031-05-05T09:00:00+00:00"}


async def test_who_is_interrupted_leaves_the_meeting_and_has_it_written(bot: AttendanceBot) -> None:
    async with simulate(bot) as world:
        meeting = await world.meeting("Ana", "Femi")
        attending = asyncio.create_task(attend(bot, meeting.join_link))
        call = await world.outgoing()
        await call.is_established()
        await world.advance(120)
        attending.cancel()
        await call.is_over()
        with pytest.raises(asyncio.CancelledError):
            await attending
    assert rows(bot) == [("Ana", "2"), ("Femi", "2")]


async def test_nobody_is_forgotten_when_callbacks_are_lost(bot: AttendanceBot) -> None:
    async with simulate(bot, faults="callbacks lost, doubled and reordered", seed=5) as world:
        meeting = await world.meeting("Ana", "Femi")
        attending = asyncio.create_task(attend(bot, meeting.join_link))
        call = await world.outgoing()
        await call.is_established()
        await world.advance(60)
        await call.joins("Chris")
        await world.advance(1800)
        await call.ends()
        await call.is_over()
        await attending
    assert {name for name, _ in rows(bot)} == {"Ana", "Femi", "Chris"}


async def test_a_link_that_names_no_meeting_is_refused(bot: AttendanceBot) -> None:
    async with simulate(bot):
        with pytest.raises(InvalidArgument, match="link"):
            await attend(bot, "https://example.com/weekly")
