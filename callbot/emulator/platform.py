"""Everything the parts of an emulator share: settings, clock, people, calls, log and the way to the bots."""

import asyncio
import itertools
import ssl
from collections.abc import Callable, Coroutine

from callbot.clock import Clock, Timer
from callbot.emulator.callbacks.delivery import Delivery
from callbot.emulator.callbacks.outbox import Outbox
from callbot.emulator.callbacks.sender import CallbackSender
from callbot.emulator.calls.call import Call, run_hooks
from callbot.emulator.calls.table import CallTable, ConversationTable
from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.identity.access import AccessTokens
from callbot.emulator.identity.signing import KeyRing, SigningKey
from callbot.emulator.journal import Journal
from callbot.emulator.media.prompts import PromptLibrary
from callbot.emulator.media.recordings import RecordingShelf
from callbot.emulator.settings import EmulatorSettings
from callbot.emulator.tenant.meetings import Calendar
from callbot.emulator.tenant.people import Directory
from callbot.log import get_logger

_log = get_logger(__name__)


class Platform:
    """The emulated cloud, apart from its HTTP surface. `root` is its address once it listens."""

    def __init__(
        self, settings: EmulatorSettings, clock: Clock, login_key: SigningKey, callback_key: SigningKey
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.root = ""
        self.directory = Directory(settings.everybody())
        self.calendar = Calendar(settings.every_meeting())
        self.calls = CallTable(settings.remember_ended)
        self.conversations = ConversationTable()
        self.journal = Journal(clock.time, settings.log_limit)
        self.login_keys = KeyRing(login_key)
        self.callback_keys = KeyRing(callback_key)
        self.tokens = AccessTokens(settings, self.login_keys, clock)
        self.faults = FaultPlan(settings.faults, clock, self.journal)
        self.sender = CallbackSender(settings, self.callback_keys, clock, self.journal, self.faults)
        delivery = Delivery(self.sender, self.faults, settings.unsettled, clock, self.spawn)
        self.outbox = Outbox(delivery, self.spawn)
        self.prompts = PromptLibrary(settings)
        self.recordings = RecordingShelf(settings.timing.recording_available, clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer_numbers = itertools.count()

    def start(self, trust: ssl.SSLContext) -> None:
        """Open the clients for callbacks and prompts."""
        self.sender.start(trust)
        self.prompts.start(trust)

    async def close(self) -> None:
        """End timers, tasks and clients; nothing runs afterwards."""
        self.forget_calls()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sender.close()
        await self.prompts.close()

    def forget_calls(self) -> None:
        """Drop every call without a word to anybody."""
        for call in self.calls.live():
            self.stop_timers(call)
            run_hooks(call.hooks.stop)
        self.calls.clear()
        self.conversations.clear()
        self.recordings.clear()
        self.outbox.clear()

    def reset(self) -> None:
        """Start from the beginning: no calls, an empty log, the people of the settings."""
        self.forget_calls()
        self.journal.clear()
        self.prompts.forget()
        self.faults.clear()
        self.faults.configure(self.settings.faults)
        self.directory = Directory(self.settings.everybody())
        self.calendar = Calendar(self.settings.every_meeting())

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run `work` beside everything else; it is cancelled when the emulator stops."""
        task = asyncio.get_running_loop().create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def later(self, call: Call, delay: float, action: Callable[[], object]) -> Timer:
        """Run `action` after `delay` seconds unless the call has ended by then."""
        timer = _CallTimer(call, next(self._timer_numbers), action)
        loop = asyncio.get_running_loop()
        timer.start(self.clock.call_later(delay, timer.run) if delay > 0 else loop.call_soon(timer.run))
        return timer

    def stop_timers(self, call: Call) -> None:
        """Call off everything that is due for a call."""
        for timer in list(call.timers.values()):
            timer.cancel()
        call.keep_alive = None


class _CallTimer:
    """A timer of a call, which the call knows as long as it is due."""

    def __init__(self, call: Call, number: int, action: Callable[[], object]) -> None:
        self._call = call
        self._number = number
        self._action = action
        self._timer: Timer | None = None

    def start(self, timer: Timer) -> None:
        self._timer = timer
        self._call.timers[self._number] = self

    def run(self) -> None:
        self._call.timers.pop(self._number, None)
        if not self._call.over:
            self._action()

    def cancel(self) -> None:
        self._call.timers.pop(self._number, None)
        if self._timer is not None:
            self._timer.cancel()


async def _guarded(work: Coroutine[object, object, None]) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001 - nobody awaits these tasks: say it here or nowhere
        _log.exception("a task of the emulator failed")
