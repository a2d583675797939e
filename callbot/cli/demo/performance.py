"""One run of the demo: everything is started, played, drained and compared."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from callbot import Call, CallState, Transition
from callbot.bot import Handled
from callbot.cli.demo.bot import DemoBot
from callbot.cli.demo.scenes import play
from callbot.cli.demo.stage import bot_settings, cast, emulator_settings, free_port
from callbot.cli.demo.timeline import Summed, Timeline
from callbot.cli.demo.verdict import Step, Verdict, judge
from callbot.clock import Clock, timeout
from callbot.emulator import EmulatedCall, Emulator
from callbot.runtime import Runtime
from callbot.service import serving
from callbot.state import Change


class Performance:
    """Plays the demo once and keeps what the handlers were told. `limit` is in seconds."""

    def __init__(self, timeline: Timeline, clock: Clock, limit: float) -> None:
        self._timeline = timeline
        self._clock = clock
        self._limit = limit
        self._began = clock.time()
        self._who: dict[str, str] = {}
        self._handled: list[Handled] = []
        self._ended: dict[str, Transition] = {}
        self._end_seen = asyncio.Event()
        self._mishaps: list[str] = []
        self._playing: asyncio.Task[object] | None = None
        self._unseen: OSError | None = None

    async def play(self) -> Verdict:
        """Run it all; raises `TimeoutError` when the limit is reached, `OSError` when nobody looks on."""
        self._playing = asyncio.current_task()
        try:
            return await self._play()
        except asyncio.CancelledError:
            if self._unseen is None:
                raise
            raise self._unseen from None

    @property
    def unfinished(self) -> list[str]:
        """Who was in the calls whose end no handler was told of."""
        return [who for call, who in self._who.items() if call not in self._ended]

    async def _play(self) -> Verdict:
        with tempfile.TemporaryDirectory(prefix="callbot-demo-") as folder:
            port = free_port()
            emulator = Emulator(emulator_settings(Path(folder), port), self._clock)
            async with timeout(self._clock, self._limit), emulator:
                runtime = await self._serve(emulator, port)
                calls = emulator.calls
        verdict = judge(
            {call.id: _steps(call) for call in calls},
            self._handled,
            left_running=_left_running(calls, runtime),
            mishaps=self._mishaps,
        )
        summed = [self._sum_up(call) for call in calls]
        self._timeline.end(verdict, summed, self._clock.time() - self._began)
        return verdict

    async def _serve(self, emulator: Emulator, port: int) -> Runtime:
        settings = bot_settings(emulator, port)
        bot = DemoBot(self._watch)
        async with serving(bot, settings, clock=self._clock, listener=self._listen) as runtime:
            self._timeline.begin(emulator.root, settings.callback_url)
            self._mishaps = await play(emulator, bot, self._narrate)
            while len(self._ended) < len(emulator.calls):
                self._end_seen.clear()
                await self._end_seen.wait()
        return runtime

    def _narrate(self, call: str, who: str, what: str) -> None:
        self._who[call] = who
        seconds = self._clock.time() - self._began
        self._show(lambda: self._timeline.narrate(seconds, call, who, what))

    def _watch(self, call: Call, change: Change, handler: str) -> None:
        """A handler begins."""
        if isinstance(change, Transition):
            who = self._who.setdefault(call.id, cast(call.resource))
            seconds = change.at - self._began
            self._show(lambda: self._timeline.transition(seconds, who, change, handler))

    def _show(self, line: Callable[[], None]) -> None:
        """Show a line; a reader who went away ends the demo, not the handler that runs."""
        if self._unseen is not None:
            return  # cancelled once: a second time would cut off the way out
        try:
            line()
        except OSError as error:
            self._unseen = error
            if self._playing is not None:
                self._playing.cancel()

    def _listen(self, handled: Handled) -> None:
        """A handler has finished."""
        self._handled.append(handled)
        change = handled.change
        if isinstance(change, Transition) and change.new is CallState.TERMINATED:
            self._ended[change.call_id] = change
            self._end_seen.set()

    def _sum_up(self, call: EmulatedCall) -> Summed:
        handled = [one for one in self._handled if one.change.call_id == call.id]
        end = self._ended.get(call.id)
        return Summed(
            call=call.id,
            who=self._who.get(call.id, ""),
            states=tuple(call.states),
            transitions=len(call.transitions),
            handled=sum(isinstance(one.change, Transition) for one in handled),
            ended=end.result.explain().meaning if end is not None else "its end was not seen",
        )


def _steps(call: EmulatedCall) -> list[Step]:
    return [(step.old, step.new) for step in call.transitions]


def _left_running(calls: list[EmulatedCall], runtime: Runtime) -> list[str]:
    """Everything that should have ended by now and has not."""
    left = [f"call {call.id} at the emulator" for call in calls if not call.over]
    left += [f"call {record.id} in the registry" for record in runtime.registry.live()]
    left += [] if runtime.idle else ["handlers or queued notifications of the bot"]
    left += [f"task {task.get_name()}" for task in asyncio.all_tasks() - {asyncio.current_task()}]
    return left
