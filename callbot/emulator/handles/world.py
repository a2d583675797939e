"""The emulated world as a test holds it: its people, its calls, its log, its faults."""

import asyncio

from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.flow.callers import person_calls, person_invites
from callbot.emulator.handles.call import EmulatedCall
from callbot.emulator.identity.signing import SigningKey
from callbot.emulator.journal import FaultEntry, Journal
from callbot.emulator.meetings.joining import conversation_for
from callbot.emulator.meetings.recording_policy import record_call
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration, EmulatorSettings
from callbot.emulator.tenant.meetings import Meeting
from callbot.emulator.tenant.people import Directory, Person


class World:
    """What there is while an emulator runs."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self.settings = settings
        self._platform: Platform | None = None

    @property
    def platform(self) -> Platform:
        """What the parts share; raises `RuntimeError` when the emulator does not run."""
        if self._platform is None:
            raise RuntimeError("the emulator is not running: use it with `async with`")
        return self._platform

    @property
    def log(self) -> Journal:
        """What was received, sent and changed."""
        return self.platform.journal

    @property
    def people(self) -> Directory:
        """Everybody the emulator knows."""
        return self.platform.directory

    @property
    def calls(self) -> list[EmulatedCall]:
        """Every call there was, the ended ones first."""
        return [EmulatedCall(self.platform, call) for call in self.platform.calls.every()]

    def call(self, call_id: str) -> EmulatedCall:
        """Return a call by its id; raises `KeyError`."""
        call = self.platform.calls.find_any(call_id)
        if call is None:
            raise KeyError(call_id)
        return EmulatedCall(self.platform, call)

    def person(self, who: str) -> Person:
        """Return a person by id, telephone number or display name; raises `KeyError`."""
        return self.people.named(who)

    async def place_call(
        self,
        person: Person | str,
        app_id: str | None = None,
        *,
        to_instance: bool = False,
        forwarded_from: Person | str | None = None,
        transferred_by: Person | str | None = None,
    ) -> EmulatedCall:
        """Let a person call the bot of an app; the first app when none is named.

        A telephone always calls the app's first resource account; others do with `to_instance`. The call
        may have been `forwarded_from` or `transferred_by` somebody. Raises `KeyError` for a name nobody has.
        """
        app, caller = self._app(app_id), self._somebody(person)
        instance = app.instances[0] if app.instances and (to_instance or caller.phone) else None
        call = person_calls(
            self.platform,
            caller,
            app,
            instance=instance,
            forwarded_from=None if forwarded_from is None else self._somebody(forwarded_from),
            transferred_by=None if transferred_by is None else self._somebody(transferred_by),
        )
        return EmulatedCall(self.platform, call)

    async def invite_bot(
        self, person: Person | str, meeting: Meeting | str | None = None, app_id: str | None = None
    ) -> EmulatedCall:
        """Let somebody in a meeting invite the bot to it; the first meeting when none is named."""
        conversation = conversation_for(self.platform, self._meeting(meeting))
        inviter = conversation.find_person(self._somebody(person).id)
        if inviter is None:
            raise KeyError(f"{person} is not in the meeting")
        call = person_invites(self.platform, inviter, self._app(app_id), conversation)
        return EmulatedCall(self.platform, call)

    async def place_recorded_call(
        self, observed: Person | str, other: Person | str, app_id: str | None = None
    ) -> EmulatedCall:
        """Start a call between two people of whom `observed` is under policy; the bot is called to record."""
        call = record_call(self.platform, self._somebody(observed), self._somebody(other), self._app(app_id))
        return EmulatedCall(self.platform, call)

    @property
    def faults(self) -> FaultPlan:
        """What goes wrong on purpose; it can be changed while the emulator runs."""
        return self.platform.faults

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key from now on."""
        key = await asyncio.to_thread(SigningKey.generate)
        publish_old = self.faults.settings.publish_old_keys
        self.platform.callback_keys.rotate(key, publish_old=publish_old)
        self.log.add(FaultEntry, fault="rotate_keys", target="callback tokens")

    async def until_idle(self) -> None:
        """Wait until every callback that waits has been sent and answered."""
        await self.platform.outbox.idle()

    def _app(self, app_id: str | None) -> AppRegistration:
        for app in self.settings.apps:
            if app_id is None or app.app_id == app_id:
                return app
        raise KeyError(app_id)

    def _somebody(self, person: Person | str) -> Person:
        return self.people.named(person) if isinstance(person, str) else person

    def _meeting(self, meeting: Meeting | str | None) -> Meeting:
        if isinstance(meeting, Meeting):
            return meeting
        for known in self.platform.calendar:
            if meeting is None or meeting in (known.thread_id, known.join_meeting_id):
                return known
        raise KeyError(meeting)
