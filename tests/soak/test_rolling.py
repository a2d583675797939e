"""One process after the other on one SQLite file, replaced by SIGTERM while people call all the time."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from callbot.clock import SystemClock, sleep
from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID, FaultSettings
from soak import diary
from soak.cast import BRIEF, Act, Order, Part
from soak.emulation import settings_for, written
from soak.judging import leaks
from soak.judging.facts import CallFacts, PlatformFacts
from soak.judging.handled import Ending
from soak.judging.report import judge_all
from soak.running.control import Control, ControlError
from soak.running.processes import Child, free_port, toml
from tests.soak.balancer import Balancer

RESTARTS = 3
CALLS_BETWEEN = 16  # that begin between one restart and the next
LIVE = 6  # that are live when a process is asked to stop
CALLERS = 10  # at once, at most
TEMPO = replace(
    BRIEF,
    answer_within=15.0,
    ring=4.0,
    keep_alive_within=120.0,
    keep_alive=30.0,
    tombstone=60.0,
    request=10.0,
)
HOLDS = (Act(0.2, "hold"),)  # and no more: back in a state it was in before, a call is read again later
ROLES = (
    (Part.TALKS, ()),
    (Part.DIALS, ()),
    (Part.HOLDS, HOLDS),
    (Part.IS_REJECTED, ()),
    (Part.GIVES_UP, (Act(0.2, "hang-up"),)),
    (f"{Part.ORDERS} {Order.CHAT}", ()),
    (f"{Part.ORDERS} {Order.DECLINED}", ()),
)
TAKEN = {Part.TALKS, Part.DIALS, Part.HOLDS}
CLOCK = SystemClock()


class Rolling:
    """The emulator, the processes of the bot that come and go, and what happened."""

    def __init__(self, folder: Path, control: Control, balancer: Balancer, config: Path) -> None:
        self.folder, self.control, self.balancer, self.config = folder, control, balancer, config
        self.facts = PlatformFacts()
        self.stops: list[Ending] = []
        self.callers: dict[str, str] = {}
        self.children: list[Child] = []
        self._looking = asyncio.Lock()
        self._acting: set[asyncio.Task[None]] = set()

    async def start(self) -> Child:
        """Start one more process beside those that run; returns once it takes callbacks."""
        port = free_port()
        arguments = ["-m", "callbot", "run", "soak.bot:bot", "--config", str(self.config)]
        arguments += ["--set", f"port={port}", "--log-format", "json"]
        log = self.folder / f"bot{len(self.children)}.log"
        child = Child(arguments, log, {"SOAK_DIARY": str(self.folder / "diary.jsonl")})
        self.children.append(child)
        await child.start()
        self.balancer.ports.append(port)
        return child

    async def stop(self, old: Child) -> None:
        """Ask a process to stop while the next one runs already."""
        self.stops.append(Ending(old.life.pid, time.time(), time.monotonic(), orderly=True))
        assert await old.stop() == 0
        self.balancer.ports.pop(0)

    async def calls(self) -> None:
        """Let people call, as many as there may be at once, for ever."""
        for name, plot in itertools.cycle(ROLES):
            while len(self.callers) - self.over >= CALLERS:
                await self.look()
            placed = await self.control.post("/calls", {"person": name})
            self.callers[str(placed["id"])] = name
            task = asyncio.create_task(self._act(str(placed["id"]), plot))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)

    async def _act(self, call: str, plot: tuple[Act, ...]) -> None:
        for act in plot:
            await sleep(CLOCK, act.after)
            try:
                await self.control.post(f"/calls/{call}/{act.action}")
            except ControlError:
                return  # it is over, or not that far yet

    @property
    def over(self) -> int:
        """How many of those who called have hung up."""
        calls = self.facts.calls
        return sum(call_id in calls and calls[call_id].over for call_id in self.callers)

    async def until(self, calls: int, live: int) -> None:
        """Return when so many calls have begun in all, and so many are live."""
        while len(self.facts.calls) < calls or len(self.facts.live()) < live:
            await self.look()

    async def until_over(self) -> None:
        while self.facts.live():
            await self.look()

    async def until_handled(self) -> None:
        """Return when the store holds nothing that is live, unfinished or waiting."""
        while True:
            held = await leaks.look(f"sqlite:///{self.folder / 'calls.db'}")
            if not (held.live or held.unfinished or held.inbox):
                return
            await sleep(CLOCK, 0.1)

    async def look(self) -> None:
        async with self._looking:
            self.facts.take(await self.control.log(self.facts.last))
        await sleep(CLOCK, 0.05)


@asynccontextmanager
async def rolling(folder: Path) -> AsyncIterator[Rolling]:
    callback_url = f"https://localhost:{free_port()}/api/calls"
    settings = settings_for(TEMPO, seed=1, folder=folder / "emulator", callback_url=callback_url)
    settings = settings.model_copy(update={"faults": FaultSettings()})
    (folder / "emulator.json").write_text(written(settings), encoding="utf-8")
    emulator = Child(["-m", "soak.emulation", str(folder / "emulator.json")], folder / "emulator.log", {})
    where = json.loads(await emulator.start())
    config = {
        "app_id": APP_ID,
        "tenant_id": TENANT_ID,
        "client_secret": APP_SECRET,
        "callback_url": callback_url,
        "host": "127.0.0.1",
        "tls_certificate": where["certificate"],
        "tls_key": where["key"],
        "authority": where["root"],
        "graph_root": where["root"],
        "metadata_url": where["metadata_url"],
        "ca_file": where["ca_file"],
        "store": f"sqlite:///{folder / 'calls.db'}",
        "reconcile_interval": 5.0,
        "drain_incoming": "accept",
        "drain_timeout": 5.0,
    }
    (folder / "bot.toml").write_text(toml(config), encoding="utf-8")
    balancer, port = Balancer(), int(callback_url.split(":")[2].partition("/")[0])
    async with Control(where["root"], Path(where["ca_file"])) as control, balancer.listening(port):
        world = Rolling(folder, control, balancer, folder / "bot.toml")
        try:
            yield world
        finally:
            for child in (*world.children, emulator):
                if child.running:
                    await child.kill()


@pytest.mark.timeout(180)  # it ends long before, but for a machine that is very busy
async def test_no_transition_is_lost_when_processes_replace_one_another_under_load(tmp_path: Path) -> None:
    async with rolling(tmp_path) as world:
        bot = await world.start()
        calling = asyncio.create_task(world.calls())
        for number in range(1, RESTARTS + 1):
            heir = await world.start()
            await world.until(number * CALLS_BETWEEN, LIVE)
            await world.stop(bot)
            bot = heir
        await world.until((RESTARTS + 1) * CALLS_BETWEEN, LIVE)
        calling.cancel()
        await world.until_over()
        await world.until_handled()
        assert await bot.stop() == 0
        await world.look()

    judged = judge_all(world.facts, diary.read(tmp_path / "diary.jsonl"), world.stops)
    assert judged.findings == []
    assert {one.call for one in judged.merged} <= cut_off(world.facts)
    assert judged.unannounced == []
    assert judged.handled == world.facts.transitions - len(judged.merged)
    for call_id, name in world.callers.items():
        if name in TAKEN and call_id in world.facts.calls:
            assert "established" in states(world.facts.calls[call_id]), name
    assert len(world.balancer.given) == RESTARTS + 1, "each process was given callbacks"


def cut_off(facts: PlatformFacts) -> set[str]:
    """The calls of which a callback was under way when the process that it went to closed its doors."""
    return {call.id for call in facts.calls.values() if any(not told.accepted for told in call.told)}


def states(call: CallFacts) -> list[str]:
    return [step.new for step in call.steps]
