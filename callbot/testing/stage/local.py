"""The emulator of this process as a stage."""

from collections.abc import Mapping, Sequence

from callbot.emulator import Behaviour, EmulatedCall, Emulator, FaultSettings, Meeting, Person
from callbot.emulator.control.calls import ACTIONS
from callbot.emulator.platform import Platform
from callbot.testing.stage.protocol import Impossible
from callbot.testing.stage.sights import HeardPrompt, JsonObject, Sight, Step


class LocalStage:
    """Plays in an `Emulator` that runs in this loop."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def place_call(self, body: Mapping[str, object]) -> str:
        """Let a person call the bot; returns the call's id."""
        person = str(body["person"])
        forwarded, transferred = body.get("forwarded_from"), body.get("transferred_by")
        try:
            call = await self._emulator.place_call(
                person,
                to_instance=body.get("to_instance") is True,
                forwarded_from=None if forwarded is None else str(forwarded),
                transferred_by=None if transferred is None else str(transferred),
            )
        except KeyError as error:
            raise Impossible(f"there is no {error.args[0]}") from None
        return call.id

    async def invite_bot(self, person: str, meeting: str | None) -> str:
        """Let somebody in a meeting invite the bot; returns the call's id."""
        try:
            return (await self._emulator.invite_bot(person, meeting)).id
        except KeyError as error:
            raise Impossible(f"there is no {error.args[0]}") from None

    async def record_call(self, observed: str, other: str) -> str:
        """Start a call the bot has to record; returns the id of the bot's call."""
        try:
            return (await self._emulator.place_recorded_call(observed, other)).id
        except KeyError as error:
            raise Impossible(f"there is no {error.args[0]}") from None

    async def act(self, call: str, action: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Let something happen in a call."""
        emulated = self._emulator.call(call)
        if emulated.over:
            raise Impossible("the call has ended")
        try:
            told = ACTIONS[action](emulated, dict(body))
        except KeyError as error:
            raise Impossible(f"there is no {error.args[0]}") from None
        except (ValueError, TypeError) as error:
            raise Impossible(str(error)) from None
        return told if isinstance(told, dict) else {}

    async def sight(self, call: str) -> Sight:
        """Return a call as it is now."""
        return _sight(self._emulator.platform, self._emulator.call(call))

    async def calls(self) -> Sequence[str]:
        """Return the ids of all calls, in no order."""
        return [call.id for call in self._emulator.calls]

    async def log(self, call: str | None = None, after: int = 0) -> Sequence[JsonObject]:
        """Return the entries of the log, of one call or of all, after a sequence number."""
        return [
            entry.as_json()
            for entry in self._emulator.log
            if entry.seq > after and (call is None or entry.call == call)
        ]

    async def people(self) -> Sequence[Person]:
        """Return everybody there is."""
        return list(self._emulator.people)

    async def put_person(self, person: Person) -> Person:
        """Add somebody, or put them in the place of who has the same id."""
        if not person.tenant_id:
            person.tenant_id = self._emulator.settings.home
        return self._emulator.people.add(person)

    async def behave(self, person: str, changes: Mapping[str, object]) -> Person:
        """Change how somebody behaves from now on: fields of `Behaviour`."""
        known = self._emulator.person(person)
        known.behaviour = Behaviour.model_validate({**known.behaviour.model_dump(), **changes})
        return known

    async def put_meeting(self, meeting: Meeting) -> Meeting:
        """Add a meeting, or put it in the place of the one with the same thread."""
        return self._emulator.platform.calendar.add(meeting)

    async def set_faults(self, changes: Mapping[str, object]) -> None:
        """Change what goes wrong: fields of `FaultSettings`, whose `rates` are replaced as a whole."""
        current = self._emulator.faults.settings.model_dump()
        self._emulator.faults.configure(FaultSettings.model_validate({**current, **changes}))

    async def inject(self, body: Mapping[str, object]) -> None:
        """Ask for single faults."""
        times = body.get("times", 1)
        call = body.get("call")
        self._emulator.faults.inject(
            str(body["fault"]),
            call=None if call is None else str(call),
            where=str(body.get("where", "")),
            times=times if isinstance(times, int) else 1,
        )

    async def silence(self, seconds: float) -> None:
        """Lose every callback for so long."""
        self._emulator.faults.silence(seconds)

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key."""
        await self._emulator.rotate_keys()

    async def go_dark(self, seconds: float) -> None:
        """Refuse every connection for so long."""
        await self._emulator.go_dark(seconds)

    async def changed(self) -> None:
        """Return when something may have changed since this was called."""
        looks = iter((False, True))
        await self._emulator.log.until(lambda: next(looks))

    def wake(self) -> None:
        """Say that something has changed which the emulator cannot see: at the bot."""
        self._emulator.log.wake()


def _sight(platform: Platform, emulated: EmulatedCall) -> Sight:
    call = platform.calls.find_any(emulated.id)
    if call is None:
        raise Impossible(f"there is no call {emulated.id}")
    return Sight(
        id=call.id,
        direction=str(call.direction),
        kind=str(call.conversation.kind),
        state=str(call.state),
        steps=tuple(
            Step(one.seq, one.at, one.old, one.new, one.why, one.code, one.subcode)
            for one in call.transitions
        ),
        heard=tuple(
            HeardPrompt(one.uri, one.resource_id, one.start, one.end, one.whole) for one in call.heard
        ),
        people=tuple(emulated.group.names),
        ringing=tuple(pending.person.display_name for pending in call.pending),
        sent_tones=tuple(call.sent_tones),
        tones_subscribed=call.tones_subscribed,
        audio_active=call.audio_active,
        resource=emulated.document(),
    )
