"""Leases of one file across restarts of the machine, whose monotonic clock begins anew then."""

import sqlite3
from pathlib import Path

import pytest

from callbot.store import Lease
from callbot.store.sqlite import SqliteStore
from callbot.testing import ManualClock

LENGTH = 30.0


class Machine:
    """A machine that has been running for `seconds`; what its processes ask for."""

    def __init__(self, path: Path, seconds: float) -> None:
        self.path = path
        self.clock = ManualClock()
        self.uptime = seconds

    async def asks(self, holder: str) -> Lease | None:
        await self.clock.advance(self.uptime)
        self.uptime = 0.0
        store = SqliteStore(self.path, self.clock)
        await store.open()
        try:
            return await store.acquire("calls", holder, LENGTH)
        finally:
            await store.close()


async def test_a_lease_from_before_the_machine_was_started_anew_keeps_nobody_out(path: Path) -> None:
    first = await Machine(path, 9_000_000.0).asks("one")
    second = await Machine(path, 5.0).asks("two")
    assert first is not None
    assert second is not None
    assert second.token > first.token


@pytest.mark.parametrize("uptime", [0.0, 3.0, 20.0, 60.0])
async def test_one_that_could_be_of_today_keeps_others_out_for_its_length_at_most(
    path: Path, uptime: float
) -> None:
    assert await Machine(path, 10.0).asks("one") is not None
    machine = Machine(path, uptime)
    if await machine.asks("two") is None:
        await machine.clock.advance(LENGTH)
        assert await machine.asks("two") is not None


async def test_two_processes_of_one_machine_agree_however_their_wall_clock_is_set(path: Path) -> None:
    machine = Machine(path, 1000.0)
    assert await machine.asks("one") is not None
    for wall in (0.0, 4e9):
        machine.clock.set_time(wall)
        assert await machine.asks("two") is None
    await machine.clock.advance(LENGTH)
    assert await machine.asks("two") is not None


async def test_a_lease_that_an_earlier_version_wrote_by_the_wall_clock_keeps_nobody_out(path: Path) -> None:
    machine = Machine(path, 1000.0)
    assert await machine.asks("one") is not None
    other = sqlite3.connect(path)
    with other:
        other.execute("UPDATE lease SET until = 1800000000.0, seconds = 0")
    other.close()
    assert await machine.asks("two") is not None
