"""What a test or a demo holds in hand: a call of the emulator, seen from the people's side."""

from callbot.emulator.calls.call import Call, Heard, Pending, State
from callbot.emulator.calls.document import call_document
from callbot.emulator.flow import actors, ringing
from callbot.emulator.flow.lifecycle import end
from callbot.emulator.handles.group import EmulatedGroup
from callbot.emulator.journal import TransitionEntry
from callbot.emulator.media import tones
from callbot.emulator.meetings import moderating
from callbot.emulator.platform import Platform
from callbot.emulator.wire import JsonObject


class EmulatedCall:
    """One call. Two handles of the same call are equal."""

    def __init__(self, platform: Platform, call: Call) -> None:
        self._platform = platform
        self._call = call

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmulatedCall) and other._call is self._call

    def __hash__(self) -> int:
        return hash(self._call.id)

    def __repr__(self) -> str:
        return f"EmulatedCall({self.id!r}, state={self.state!r})"

    @property
    def id(self) -> str:
        """The call's id."""
        return self._call.id

    @property
    def app_id(self) -> str:
        """The app whose bot is in the call."""
        return self._call.app.app_id

    @property
    def direction(self) -> str:
        """`incoming` when a person called the bot, else `outgoing`."""
        return str(self._call.direction)

    @property
    def state(self) -> str:
        """The state now, as Graph spells it."""
        return str(self._call.state)

    @property
    def states(self) -> list[str]:
        """Every state the call has had, in order."""
        return [transition.new for transition in self._call.transitions]

    @property
    def transitions(self) -> list[TransitionEntry]:
        """Every change of state with when and why."""
        return list(self._call.transitions)

    @property
    def heard(self) -> list[Heard]:
        """The prompts that were played, the one that plays now included."""
        return list(self._call.heard)

    @property
    def sent_tones(self) -> list[str]:
        """The tones that the bot has sent, by their names."""
        return list(self._call.sent_tones)

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._call.over

    @property
    def audio_active(self) -> bool:
        """Whether audio flows."""
        return self._call.audio_active

    @property
    def tones_subscribed(self) -> bool:
        """Whether the bot is told which keys are pressed."""
        return self._call.tones_subscribed

    @property
    def group(self) -> EmulatedGroup:
        """What can be done to the conversation the call is in."""
        return EmulatedGroup(self._platform, self._call)

    def document(self) -> JsonObject:
        """Return the call as Graph would show it."""
        return call_document(self._call)

    def answer(self, who: str | None = None) -> None:
        """Let the person whose phone rings pick up; the first one when nobody is named."""
        ringing.pick_up(self._call, self._pending(who))

    def decline(self, who: str | None = None) -> None:
        """Let the person whose phone rings turn the call down; the first one when nobody is named."""
        ringing.decline(self._platform, self._call, self._pending(who))

    def press(self, key: str) -> bool:
        """Let a person press a key; return whether the bot is told of it."""
        return tones.press(self._platform, self._call, key)

    def hang_up(self, who: str | None = None) -> None:
        """Let a person leave: a peer-to-peer call ends, or is given up while it rings."""
        participant = self._call.conversation.find_person(who)
        if participant is None:
            raise KeyError(who)
        actors.depart(self._platform, self._call, participant)

    def hold(self) -> None:
        """Let the person put the bot on hold."""
        moderating.hold(self._platform, self._call, held=True)

    def resume(self) -> None:
        """Let the person take the bot back from hold."""
        moderating.hold(self._platform, self._call, held=False)

    def lose_media(self) -> None:
        """Let the media connection fail: the call ends."""
        end(self._platform, self._call, self._platform.settings.outcomes.media_failed, "media failed")

    async def until(self, state: str) -> None:
        """Wait until the call has had `state`; raises `RuntimeError` when it ends without."""
        await self._platform.journal.until(lambda: state in self.states or self.over)
        if state not in self.states:
            raise RuntimeError(f"call {self.id} ended without {state}: {' -> '.join(self.states)}")

    async def until_over(self) -> None:
        """Wait until the call has ended."""
        await self.until(State.TERMINATED)

    async def until_heard(self, prompts: int = 1) -> None:
        """Wait until so many prompts have been heard to the end; `RuntimeError` if the call ends first."""
        await self._platform.journal.until(lambda: self.over or self._whole_prompts() >= prompts)
        if self._whole_prompts() < prompts:
            raise RuntimeError(f"call {self.id} ended before {prompts} prompts were heard")

    async def until_subscribed(self) -> None:
        """Wait until the bot listens for tones; raises `RuntimeError` at the call's end."""
        await self._platform.journal.until(lambda: self.over or self._call.tones_subscribed)
        if self.over:
            raise RuntimeError(f"call {self.id} ended before the bot listened for tones")

    def _whole_prompts(self) -> int:
        return sum(1 for heard in self._call.heard if heard.whole)

    def _pending(self, who: str | None) -> Pending:
        pending = ringing.find_pending(self._call, who)
        if pending is None:
            raise KeyError(f"{who or 'phone'} ringing for call {self.id}")
        return pending
