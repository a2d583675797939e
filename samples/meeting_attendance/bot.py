"""Joins a meeting by its link, follows the roster, and writes who came and left when.

`python -m samples.meeting_attendance.bot LINK attendance.csv --config config/demo.toml`
"""

import argparse
import asyncio
import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from callbot import (
    Application,
    Call,
    CallBot,
    CallbotError,
    CallState,
    Participant,
    RosterChange,
    Settings,
    Transition,
)
from callbot.service import serving


class Stay(BaseModel):
    """From when until when somebody was there; `left` is None while they are."""

    participant: str
    name: str
    came: datetime
    left: datetime | None = None


class Attendance(BaseModel):
    """Everybody who was in the meeting, once for each time they came."""

    stays: list[Stay] = []

    def present(self, participant: Participant) -> Stay | None:
        """Return the stay of somebody who is there now."""
        return next((one for one in self.stays if one.participant == participant.id and not one.left), None)


class AttendanceBot(CallBot[Attendance]):
    """Follows the roster of the meeting it is in, and keeps the CSV file `file` up to date."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def on_roster(self, call: Call[Attendance], change: RosterChange) -> None:
        """Note who came and who left. Who waits in the lobby has not come yet."""
        stays, now = call.data, datetime.fromtimestamp(change.at, UTC)
        for one in (*change.joined, *change.changed):
            if _is_person(one) and not one.is_in_lobby and stays.present(one) is None:
                stays.stays.append(Stay(participant=one.id or "", name=_name(one), came=now))
        for one in change.left:
            stay = stays.present(one)
            if stay is not None:
                stay.left = now
        self._write(stays)

    async def on_terminated(self, call: Call[Attendance], transition: Transition) -> None:
        """Whoever is still there leaves with the end, or with the bot."""
        for stay in call.data.stays:
            stay.left = stay.left or transition.when
        self._write(call.data)
        print(f"out of the meeting: {transition.result.explain()}")

    def _write(self, attendance: Attendance) -> None:
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "came", "left", "minutes"])
            writer.writerows(_rows(attendance))


def _rows(attendance: Attendance) -> Iterator[tuple[object, ...]]:
    for stay in attendance.stays:
        came = stay.came.isoformat(timespec="seconds")
        if stay.left is None:
            yield stay.name, came, "", ""
        else:
            minutes = round((stay.left - stay.came).total_seconds() / 60)
            yield stay.name, came, stay.left.isoformat(timespec="seconds"), minutes


def _is_person(participant: Participant) -> bool:
    return not isinstance(participant.info.identity.who, Application)  # another bot, or this one


def _name(participant: Participant) -> str:
    identity = participant.info.identity
    for one in (identity.user, identity.guest, identity.phone):
        if one is not None:
            return one.display_name or one.id or "somebody"
    return "somebody"


async def attend(bot: AttendanceBot, link: str) -> None:
    """Join the meeting and stay until it is over. Leaves it when this is cancelled, as by Ctrl-C."""
    call = await bot.join_meeting(link)
    try:
        await call.until(CallState.TERMINATED)
    finally:
        await call.hang_up()  # nothing happens when the call is over


async def main(link: str, file: Path, settings: Settings) -> None:
    """Serve the bot for as long as the meeting lasts."""
    bot = AttendanceBot(file)
    async with serving(bot, settings):
        await attend(bot, link)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write who comes to a meeting, and when.")
    parser.add_argument("link", help="the link by which people join the meeting")
    parser.add_argument("file", type=Path, help="CSV to write")
    parser.add_argument("--config", type=Path, help="TOML file of settings")
    typed = parser.parse_args()
    try:
        asyncio.run(main(typed.link, typed.file, Settings.load(typed.config)))
    except CallbotError as error:  # a link that names no meeting, a missing permission...
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
