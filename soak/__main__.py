"""`python -m soak`: runs a soak and says in one line of JSON on stdout what came of it."""

import asyncio
import json
import os
import random
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click

from callbot.clock import SystemClock, sleep
from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID
from soak import diary
from soak.cast import BRIEF, FULL, Tempo
from soak.emulation import settings_for, written
from soak.judging import leaks, memory, report
from soak.judging.logged import logged
from soak.running.conductor import Conductor, Score
from soak.running.control import Control
from soak.running.processes import Child, free_port, toml
from soak.running.troubles import plan

_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Soak:
    """What was asked for, and where its files go."""

    seed: int
    calls: int
    kills: int
    stops: int
    seconds: float
    tempo: Tempo
    folder: Path

    @property
    def store(self) -> str:
        """The service's store."""
        return f"sqlite:///{self.folder / 'calls.db'}"

    def file(self, name: str) -> Path:
        """Return the path of one of the soak's files."""
        return self.folder / name

    async def run(self) -> dict[str, object]:
        """Run it all, and return the result."""
        began = time.monotonic()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        callback_url = f"https://localhost:{free_port()}/api/calls"
        emulator = self._emulator(callback_url)
        where = json.loads(await emulator.start())
        service = self._service(where, callback_url)
        try:
            await service.start()
            async with Control(where["root"], Path(where["ca_file"])) as control:
                conductor = Conductor(control, service, self.tempo, random.Random(self.seed), _say)  # noqa: S311 - dice
                await self._play(conductor)
                await self._calm_down(conductor)
                await conductor.stop()
                await conductor.look()
        finally:
            for child in (service, emulator):
                if child.running:
                    await child.kill()
        found = await self._judge(conductor.score)
        return {**found, "seconds": round(time.monotonic() - began, 1)}

    def _emulator(self, callback_url: str) -> Child:
        settings = settings_for(
            self.tempo, seed=self.seed, folder=self.file("emulator"), callback_url=callback_url
        )
        path = self.file("emulator.json")
        path.write_text(written(settings), encoding="utf-8")
        return Child(["-m", "soak.emulation", str(path)], self.file("emulator.log"), {})

    def _service(self, where: dict[str, str], callback_url: str) -> Child:
        config = {
            "app_id": APP_ID,
            "tenant_id": TENANT_ID,
            "client_secret": APP_SECRET,
            "callback_url": callback_url,
            "host": "127.0.0.1",
            "port": int(callback_url.split(":")[2].split("/", maxsplit=1)[0]),
            "tls_certificate": str(Path(where["certificate"]).absolute()),
            "tls_key": str(Path(where["key"]).absolute()),
            "authority": where["root"],
            "graph_root": where["root"],
            "metadata_url": where["metadata_url"],
            "ca_file": str(Path(where["ca_file"]).absolute()),
            "store": self.store,
            "request_timeout": self.tempo.request,
            "keep_alive_interval": self.tempo.keep_alive,
            "reconcile_interval": self.tempo.reconcile,
            "tombstone_seconds": self.tempo.tombstone,
            "drain_timeout": self.tempo.drain,
            "drain_incoming": "accept",
        }
        path = self.file("service.toml")
        path.write_text(toml(config), encoding="utf-8")
        arguments = ["-m", "callbot", "run", "soak.bot:bot", "--config", str(path)]
        arguments += ["--log-level", "warning", "--log-format", "json"]
        return Child(arguments, self.file("service.log"), {"SOAK_DIARY": str(self.file("diary.jsonl"))})

    async def _play(self, conductor: Conductor) -> None:
        dice = random.Random(f"{self.seed} troubles")  # noqa: S311 - no secrets
        troubles = plan(dice, self.tempo, seconds=self.seconds, kills=self.kills, stops=self.stops)
        await conductor.play(calls=self.calls, seconds=self.seconds, troubles=troubles)

    async def _calm_down(self, conductor: Conductor) -> None:
        """Give the service the time to see every end and to forget every call."""
        _say("every call is over; the service has to see it, and to forget it")
        limit = time.monotonic() + 3 * self.tempo.tombstone + 60.0 * self.tempo.life
        while not (await leaks.look(self.store)).empty and time.monotonic() < limit:
            conductor.weigh()
            await sleep(_CLOCK, 1.0)

    async def _judge(self, score: Score) -> dict[str, object]:
        held = await leaks.look(self.store)
        facts = score.facts
        leaked = held.leaks(facts.calls, tombstone=self.tempo.tombstone, now=time.time())
        judged = report.judge_all(facts, diary.read(self.file("diary.jsonl")), score.endings)
        log = logged(self.file("service.log").read_text(encoding="utf-8").splitlines())
        report.write(self.file("report.json"), facts, judged, leaked, score.memory, log.errors)
        return {
            "seed": self.seed,
            "kills": sum(not ending.orderly for ending in score.endings),
            "stops": sum(ending.orderly for ending in score.endings),
            **report.summary(facts, judged, leaked),
            "errors": len(log.errors),
            "bugs_met": log.bugs_met,
            "bad_exits": sum(code != 0 for code in score.exit_codes),
            "memory_mib": memory.summary(score.memory),
            "log": dict(log.counts.most_common()),
            "report": str(self.file("report.json")),
        }


class _Length(NamedTuple):
    """How long a soak is, where nothing else is asked for."""

    calls: int
    kills: int
    stops: int
    seconds: float


_LONG, _SHORT = _Length(2300, 6, 4, 330.0), _Length(100, 2, 1, 11.0)
_BEGAN = time.monotonic()


def _say(words: str) -> None:
    click.echo(f"[{time.monotonic() - _BEGAN:4.0f} s] {words}", err=True)


@click.command()
@click.option("--seed", default=1, show_default=True, help="What all dice start from.")
@click.option(
    "--calls", type=click.IntRange(min=1), help="How many calls there are at least.  [2300; --brief: 100]"
)
@click.option("--kills", type=click.IntRange(min=0), help="How often the service is killed.  [6; --brief: 2]")
@click.option("--stops", type=click.IntRange(min=0), help="How often it is asked to stop.  [4; --brief: 1]")
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    help="The time in which the calls begin.  [330; --brief: 11]",
)
@click.option("--brief", is_flag=True, help="Short lives and intervals, few calls: half a minute.")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".callbot/soak"),
    show_default=True,
    help="Where the store, the logs and the report go; what is there is removed first.",
)
def main(
    *,
    seed: int,
    calls: int | None,
    kills: int | None,
    stops: int | None,
    seconds: float | None,
    brief: bool,
    directory: Path,
) -> None:
    """Run a bot against an emulator in which everything goes wrong, end it, and count what it missed.

    Progress goes to stderr, the result in one line of JSON to stdout. Exits 0 only when every transition
    was handled once, every call was seen to end, and nothing was left behind.
    """
    length = _SHORT if brief else _LONG
    soak = Soak(
        seed,
        length.calls if calls is None else calls,
        length.kills if kills is None else kills,
        length.stops if stops is None else stops,
        length.seconds if seconds is None else seconds,
        BRIEF if brief else FULL,
        directory.absolute(),
    )
    result = asyncio.run(soak.run())
    good = report.is_good(result) and memory.is_flat(result["memory_mib"])
    click.echo(json.dumps({"ok": good, **result}))
    sys.exit(os.EX_OK if good else 1)


if __name__ == "__main__":
    main()
