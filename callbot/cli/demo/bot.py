"""The bot of the demo: a greeter, as a developer would write it, whose handlers are watched."""

import functools
from collections.abc import Callable

from callbot import Call, CallBot, Transition
from callbot.bot.hooks import Hook
from callbot.model import CallDirection
from callbot.state import Change

Watch = Callable[[Call, Change, str], None]


class DemoBot(CallBot):
    """Greets whoever calls and whoever it calls, and says goodbye to callers who press 1.

    `watch` is told of a change and the name of its handler when the handler begins, so that a timeline can
    be shown live: callbot itself reports a handler when it has finished.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    async def on_incoming(self, call: Call, transition: Transition) -> None:
        """Look at the call as Graph has it now, and take it."""
        await call.refresh()
        await call.answer()

    async def on_established(self, call: Call, transition: Transition) -> None:
        """Greet. A caller may then press 1; somebody the bot has called is let go."""
        await call.audio_ready()
        if call.direction is CallDirection.OUTGOING:
            await call.play("welcome.wav")
            await call.hang_up()
            return
        await call.subscribe_to_tone()
        await call.play("welcome.wav")
        async for tone in call.tones():
            if tone.key == "1":
                await call.play("goodbye.wav")

    async def on_transition(self, call: Call, transition: Transition) -> None:
        """Take note of every other state, so that each has a handler."""

    def hook_for(self, change: Change) -> Hook | None:
        """Return the hook for `change`, such that it is seen to begin."""
        hook = super().hook_for(change)
        if hook is None:
            return None

        @functools.wraps(hook)
        async def watched(call: Call, what: Change) -> None:
            self._watch(call, what, hook.__name__)
            await hook(call, what)

        return watched
