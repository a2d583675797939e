"""Joins a meeting by its link, follows the roster, and writes who came and left when.

`python -m samples.meeting_attendance.bot "https://teams.microsoft.com/l/meetup-join/..." attendance.csv`
"""

import asyncio
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from callbot import Application, Call, CallBot, Participant, RosterChange, Settings, Transition
from callbot.service import serving

CONFIG = Path(__file__).parents[2] / "config" / "demo.toml"


class Stay(BaseModel):
    """From when until when somebody was there; `left` is None while they are."""

    name: str
    came: datetime
    left: datetime | None = None


class Attendance(BaseModel):
    """Everybody who was in the meeting, by participant id."""

    stays: dict[str, Stay] = {}


class AttendanceBot(CallBot[Attendance]):
    """Follows the roster of each meeting it is in, and writes a CSV file into `folder` when it ends."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written = asyncio.Event()

    async def on_roster(self, call: Call[Attendance], change: RosterChange) -> None:
        """Note who came and who left."""
        now = datetime.fromtimestamp(change.at, UTC)
        for one in change.joined:
            if one.id and not isinstance(one.info.identity.who, Application):  # other bots, and this one
                call.data.stays[one.id] = Stay(name=_name(one), came=now)
        for one in change.left:
            if one.id in call.data.stays:
                call.data.stays[one.id].left = now

    async def on_terminated(self, call: Call[Attendance], transition: Transition) -> None:
        """Write it down: who is still there leaves with the end."""
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "came", "left", "minutes"])
            for stay in call.data.stays.values():
                left = stay.left or transition.when
                minutes = round((left - stay.came).total_seconds() / 60)
                writer.writerow([stay.name, stay.came.isoformat(), left.isoformat(), minutes])
        self.written.set()


def _name(participant: Participant) -> str:
    identity = participant.info.identity
    for one in (identity.user, identity.guest, identity.phone):
        if one is not None:
            return one.display_name or one.id or "somebody"
    return "somebody"


async def attend(link: str, file: Path, settings: Settings) -> None:
    """Join the meeting and stay until it is over."""
    bot = AttendanceBot(file)
    async with serving(bot, settings):
        await bot.join_meeting(link)
        await bot.written.wait()


if __name__ == "__main__":
    asyncio.run(attend(sys.argv[1], Path(sys.argv[2]), Settings.load(CONFIG)))
