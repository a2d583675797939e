"""Conducts a soak: lets people call, acts in their calls, makes trouble, and watches until all is over."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from callbot.clock import SystemClock, sleep
from soak.cast import CALLERS, PLOTS, Act, Tempo
from soak.judging.facts import CallFacts, PlatformFacts
from soak.judging.handled import Ending
from soak.judging.memory import Memory
from soak.running.control import Control, ControlError
from soak.running.processes import Child
from soak.running.troubles import Due, Trouble

_CLOCK = SystemClock()
_LOOK = 1.0  # seconds between looks at the log
_TELL = 5.0  # seconds between lines of progress


@dataclass(slots=True)
class Score:
    """What a soak has seen so far."""

    facts: PlatformFacts = field(default_factory=PlatformFacts)
    endings: list[Ending] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)  # of the orderly ones, and of the last process
    memory: list[Memory] = field(default_factory=list)
    refused: int = 0


class Conductor:
    """Plays one soak with the emulator at `control` and the service `service`. `say` shows progress."""

    def __init__(
        self,
        control: Control,
        service: Child,
        tempo: Tempo,
        chance: random.Random,
        say: Callable[[str], object],
    ) -> None:
        self._control = control
        self._service = service
        self._tempo = tempo
        self._chance = chance
        self._say = say
        self._acting: set[asyncio.Task[None]] = set()
        self._began = time.monotonic()
        self._told = 0.0
        self.score = Score()

    async def play(self, *, calls: int, seconds: float, troubles: list[Due]) -> None:
        """Let `calls` calls begin within about `seconds`, and return when all of them are over."""
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch())
            causing = group.create_task(self._cause(troubles))
            await self._place(calls, seconds)
            await causing
            await self._let_end()
            watching.cancel()
        for task in self._acting:
            task.cancel()
        await self.look()

    async def look(self) -> list[CallFacts]:
        """Read on in the emulator's log; return the calls that began in what was read."""
        return self.score.facts.take(await self._control.log(self.score.facts.last))

    # -- calls -----------------------------------------------------------------------------------------

    async def _place(self, calls: int, seconds: float) -> None:
        """Place calls at random moments until the emulator has counted enough, those of the bot included."""
        weights = [role.weight for role in CALLERS]
        outgoing = sum(role.weight for role in CALLERS if role.order is not None)
        pause = seconds / (calls * sum(weights) / (sum(weights) + outgoing))
        due = time.monotonic()
        while len(self.score.facts.calls) < calls:
            (role,) = self._chance.choices(CALLERS, weights)
            self._soon(self._call(role.phone or role.name, role.plot))
            due += self._chance.expovariate(1 / pause)
            await sleep(_CLOCK, max(0.0, due - time.monotonic()))

    async def _call(self, person: str, plot: tuple[Act, ...]) -> None:
        placed = await self._control.post("/calls", {"person": person})
        await self._act(str(placed["id"]), plot)

    async def _act_in_placed(self, call: CallFacts) -> None:
        """Act in a call the bot has placed, when it is one of several people."""
        shown = await self._control.get(f"/calls/{call.id}")
        await self._act(call.id, PLOTS.get(str(shown.get("kind")), ()))

    async def _act(self, call: str, plot: tuple[Act, ...]) -> None:
        for act in plot:
            await sleep(_CLOCK, act.after * self._tempo.life * self._chance.uniform(0.3, 1.7))
            body = {} if act.person is None else {"person": act.person}
            await self._control.post(f"/calls/{call}/{act.action}", body)

    def _soon(self, work: Coroutine[object, object, None]) -> None:
        async def doing() -> None:
            try:
                await work
            except ControlError:  # the call is over already, or the emulator is dark
                self.score.refused += 1

        task = asyncio.create_task(doing())
        self._acting.add(task)
        task.add_done_callback(self._acting.discard)

    async def _let_end(self) -> None:
        """Wait until every call is over: people hang up by themselves, and what is forgotten dies."""
        limit = time.monotonic() + 3 * self._tempo.keep_alive_within + 90 * self._tempo.life
        while self.score.facts.live() and time.monotonic() < limit:
            await sleep(_CLOCK, _LOOK)

    # -- trouble ---------------------------------------------------------------------------------------

    async def _cause(self, troubles: list[Due]) -> None:
        for due in troubles:
            await sleep(_CLOCK, max(0.0, self._began + due.at - time.monotonic()))
            try:
                await self._cause_one(due)
            except ControlError:
                self.score.refused += 1

    async def _cause_one(self, due: Due) -> None:
        match due.trouble:
            case Trouble.KILL | Trouble.STOP:
                await self._restart(due.lasts, orderly=due.trouble is Trouble.STOP)
            case Trouble.SILENCE:
                await self._control.post("/faults/silence", {"seconds": due.lasts})
            case Trouble.NEW_KEYS:
                await self._control.post("/faults/rotate-keys")
            case Trouble.DARKNESS:
                await self._control.post("/faults/go-dark", {"seconds": due.lasts})

    async def _restart(self, downtime: float, *, orderly: bool) -> None:
        """Stop the service, or kill it where it stands, and start it again a moment later."""
        ending = Ending(self._service.life.pid, time.time(), time.monotonic(), orderly)
        self.score.endings.append(ending)
        await (self.stop() if orderly else self._service.kill())
        took = time.monotonic() - ending.moment
        self._say(f"{ending.kind} of process {ending.pid}, {took:.1f} s")
        await sleep(_CLOCK, downtime)
        await self._service.start()

    async def stop(self) -> None:
        """Let the service come to its end."""
        self.score.exit_codes.append(await self._service.stop())

    # -- watching --------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            try:
                for call in await self.look():
                    if not call.incoming:
                        self._soon(self._act_in_placed(call))
            except ControlError:
                self.score.refused += 1
            self.weigh()
            if time.monotonic() - self._told >= _TELL:
                self._told = time.monotonic()
                self._tell()
            await sleep(_CLOCK, _LOOK)

    def weigh(self) -> None:
        """Note the memory of the service."""
        mib, life = self._service.resident(), self._service.life
        if mib is not None and life.ready is not None:
            self.score.memory.append(Memory(life.pid, round(time.monotonic() - life.ready, 1), round(mib, 1)))

    def _tell(self) -> None:
        facts, mib = self.score.facts, self._service.resident()
        self._say(
            f"calls {len(facts.calls)} (live {len(facts.live())})  transitions {facts.transitions}"
            f"  faults {facts.faults.total()}  restarts {len(self.score.endings)}"
            f"  memory {mib or 0:.0f} MiB"
        )
