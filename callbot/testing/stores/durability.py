"""Checks of what a store keeps when its process ends, in order or by SIGKILL at any moment."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from callbot.errors import LeaseLost
from callbot.state import Record
from callbot.store import Entry, Store
from callbot.testing.stores.base import (
    Checks,
    inbox_of,
    notified,
    put,
    record,
    records_of,
    refused,
    tombstone,
)

_SCRIBE = "callbot.testing.stores.scribe"


@dataclass
class Acknowledged:
    """What a store has said it keeps."""

    accepted: set[int] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)

    def note(self, line: bytes) -> None:
        """Note what a line of the scribe says."""
        said = json.loads(line)
        self.accepted.update(said.get("accepted", ()))
        if "key" in said:
            self.versions[said["key"]] = said["version"]


class DurabilityChecks(Checks):
    """What a durable store must do. `kills` is how often a writing process is killed, `seed` says when."""

    kills: ClassVar[int] = 3
    seed: ClassVar[int] = 20260101

    async def test_everything_is_there_after_closing_and_opening_again(self) -> None:
        async with self.opened() as store:
            ended = await put(store, tombstone("ended", 5.0, unhandled=True))
            live = await put(store, await put(store, record("live")))
            entries = await store.accept([notified(1), notified(2)])
            await store.discard([entries[0].number])
        async with self.opened() as store:
            assert await records_of(store) == [ended, live]
            assert await inbox_of(store) == [entries[1]]
            (later,) = await store.accept([notified(3)])
            assert later.number > entries[1].number

    async def test_numbers_do_not_start_anew_when_the_inbox_was_empty_at_the_end(self) -> None:
        async with self.opened() as store:
            (first,) = await store.accept([notified(1)])
            await store.discard([first.number])
        async with self.opened() as store:
            (second,) = await store.accept([notified(2)])
            assert second.number > first.number

    async def test_a_lease_lasts_beyond_its_process_and_tokens_go_on_growing(self) -> None:
        async with self.opened() as store:
            lease = await store.acquire("calls", "one", 30)
            released = await store.acquire("released", "one", 30)
            assert lease is not None
            assert released is not None
            await store.release([released])
        async with self.opened() as store:
            assert await store.acquire("calls", "two", 30) is None
            await self.clock.advance(30)
            successor = await store.acquire("calls", "two", 30)
            assert successor is not None
            assert successor.token > released.token
            await refused(put(store, record(), fence=lease), LeaseLost)

    async def test_tombstones_that_expired_while_no_process_ran_can_be_removed(self) -> None:
        async with self.opened() as store:
            await put(store, tombstone("ended", 5.0))
        async with self.opened() as store:
            assert await store.expire(600.0) == 1
            assert await records_of(store) == []

    async def test_writes_that_were_asked_for_are_finished_by_closing(self) -> None:
        async with self.opened() as store:
            writes = [asyncio.ensure_future(put(store, record(f"call {n}"))) for n in range(20)]
            await asyncio.sleep(0)
        written = await asyncio.gather(*writes)
        async with self.opened() as store:
            assert len(await records_of(store)) == len(written)

    async def test_a_process_killed_at_any_moment_loses_nothing_that_was_acknowledged(self) -> None:
        moments = random.Random(self.seed)  # noqa: S311 - when to kill is no secret
        acknowledged = Acknowledged()
        for turn in range(self.kills):
            await self._write_until_killed(turn, moments.randrange(1, 400), acknowledged)
            async with self.opened() as store:
                await _compare(store, acknowledged)

    async def _write_until_killed(self, turn: int, lines: int, acknowledged: Acknowledged) -> None:
        """Kill the scribe after so many acknowledgements: wherever its writers are then."""
        command = (sys.executable, "-m", _SCRIBE, self.opener, self.url, str(turn))
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        try:
            await _note(process, lines, acknowledged)
        finally:
            if process.returncode is None:
                process.kill()
        rest, complaints = await process.communicate()
        for line in rest.splitlines():
            acknowledged.note(line)
        assert not complaints, complaints.decode()


async def _note(process: Process, lines: int, acknowledged: Acknowledged) -> None:
    assert process.stdout is not None
    for _ in range(lines):
        line = await process.stdout.readline()
        if not line:
            return
        acknowledged.note(line)


async def _compare(store: Store, acknowledged: Acknowledged) -> None:
    records, inbox = await records_of(store), await inbox_of(store)
    kept = {one.key: one.version for one in records}
    for key, version in acknowledged.versions.items():
        assert kept.get(key, 0) in (version, version + 1), (
            f"{key}: acknowledged {version}, kept {kept.get(key)}"
        )
    waiting, taken = {entry.number for entry in inbox}, _taken_by(records)
    assert len(taken) == len(set(taken)), "an entry was taken twice"
    assert not waiting & set(taken), "an entry was taken by a record and is still in the inbox"
    assert acknowledged.accepted <= waiting | set(taken), "an entry was acknowledged and is not there"
    _check_callbacks_are_whole(inbox)


def _taken_by(records: list[Record]) -> list[int]:
    lists = (one.resource.get("taken") for one in records)
    return [number for listed in lists if isinstance(listed, list) for number in listed]


def _check_callbacks_are_whole(inbox: list[Entry]) -> None:
    parts: Counter[tuple[object, object]] = Counter()
    for entry in inbox:
        assert isinstance(entry.notified.data, dict)
        parts[entry.notified.data["callback"], entry.notified.data["parts"]] += 1
    for (callback, expected), found in parts.items():
        assert found == expected, f"{callback}: {found} of {expected} notifications are there"
