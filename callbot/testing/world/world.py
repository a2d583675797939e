"""The world a bot is tested in."""

from collections.abc import Sequence

from callbot.bot import Handled
from callbot.clock import Clock, sleep
from callbot.emulator import Meeting, Press
from callbot.runtime import Runtime
from callbot.state import Transition
from callbot.testing.stage import Sight, Stage
from callbot.testing.story import ExpectationFailed
from callbot.testing.world.calls import WITHIN, StagedCall
from callbot.testing.world.inside import Inside
from callbot.testing.world.meetings import LOBBIES, StagedMeeting, staged
from callbot.testing.world.people import People, Somebody, Who, behaviour, key_of, name_of
from callbot.testing.world.prompts import PromptNames
from callbot.testing.world.trouble import Trouble
from callbot.testing.world.waiting import Patience, TooLong


class World(Trouble):
    """An emulated platform with a bot, made by `simulate` or `connect`.

    Everything that acts is awaitable. Times are in seconds of `clock`.
    """

    def __init__(self, stage: Stage, patience: Patience, prompts: PromptNames, inside: Inside | None) -> None:
        super().__init__(stage)
        self._patience = patience
        self._prompts = prompts
        self._inside = inside
        self._people = People(stage)
        self._known: set[str] = set()
        self._staged: dict[str, StagedCall] = {}

    @property
    def clock(self) -> Clock:
        """The clock that platform and bot share."""
        return self._patience.clock

    async def advance(self, seconds: float) -> None:
        """Let so much time pass; whatever is due meanwhile happens."""
        await sleep(self.clock, seconds)

    # -- calls -----------------------------------------------------------------------------------------

    async def incoming(
        self,
        user: Who = "Ana",
        *,
        to_instance: bool = False,
        forwarded_from: Who | None = None,
        transferred_by: Who | None = None,
    ) -> StagedCall:
        """Let somebody call the bot. A telephone calls its resource account; others do with `to_instance`."""
        body: dict[str, object] = {"person": key_of(user), "to_instance": to_instance}
        if forwarded_from is not None:
            body["forwarded_from"] = key_of(forwarded_from)
        if transferred_by is not None:
            body["transferred_by"] = key_of(transferred_by)
        await self._people.somebody(user)
        return self._call(await self._stage.place_call(body))

    async def outgoing(self, to: Who | None = None, *, within: float = WITHIN) -> StagedCall:
        """Expect that the bot places a call (to somebody) or joins a meeting; the next one in their order."""

        async def look() -> Sight | None:
            new = [
                await self._stage.sight(one) for one in await self._stage.calls() if one not in self._known
            ]
            for sight in sorted(new, key=lambda one: one.steps[0].seq):
                called = to is None or name_of(to) in (*sight.people, *sight.ringing)
                if sight.direction == "outgoing" and called:
                    return sight
            return None

        try:
            return self._call((await self._patience.until(look, within)).id)
        except TooLong as limit:
            whom = f" {name_of(to)}" if to is not None else " anybody"
            raise ExpectationFailed(f"The bot did not call{whom} {limit}.\n{await self.story()}") from None

    async def invited(self, by: Who, meeting: StagedMeeting | None = None) -> StagedCall:
        """Let somebody in a meeting invite the bot to it."""
        return self._call(
            await self._stage.invite_bot(key_of(by), meeting.thread_id if meeting is not None else None)
        )

    async def recorded(self, observed: Who, other: Who) -> StagedCall:
        """Start a call between two people of whom the bot has to record the first."""
        return self._call(await self._stage.record_call(key_of(observed), key_of(other)))

    # -- people, meetings --------------------------------------------------------------------------------

    async def person(
        self,
        name: str,
        *,
        answers_after: float | None = None,
        declines_after: float | None = None,
        busy: bool = False,
        ignores: bool = False,
        unreachable: bool = False,
        presses: str | Sequence[Press] | None = None,
        hangs_up_after: float | None = None,
        speaks_for: float | None = None,
        phone: str | None = None,
        guest: bool = False,
        tenant_id: str | None = None,
    ) -> Somebody:
        """Say how somebody behaves, who need not exist yet; what is not said stays as it was.

        `phone` makes them somebody with a telephone number ("+4930…") instead of a user. `presses` are the
        keys they press by themselves, `speaks_for` is how long they speak when the bot records.
        """
        fields = behaviour(
            answers_after=answers_after,
            declines_after=declines_after,
            busy=busy,
            ignores=ignores,
            unreachable=unreachable,
            presses=presses,
            hangs_up_after=hangs_up_after,
            speaks_for=speaks_for,
        )
        return await self._people.put(name, fields, phone=phone, guest=guest, tenant_id=tenant_id)

    async def meeting(
        self,
        *attendees: Who,
        subject: str | None = None,
        lobby: str = "guests",
        join_id: str | None = None,
        passcode: str | None = None,
    ) -> StagedMeeting:
        """Make a meeting of which the first attendee is the organizer; all are there when the bot joins.

        `lobby` says who has to wait: `nobody`, `guests` or `everybody`.
        """
        people = [await self._people.somebody(one) for one in attendees or ("Ana",)]
        organizer = await self._people.find(people[0])
        meeting = Meeting(
            organizer_id=people[0].id,
            tenant_id=organizer.tenant_id if organizer is not None else "",
            attendees=tuple(one.phone or one.id for one in people),
            subject=subject,
            lobby=LOBBIES[lobby],
            join_meeting_id=join_id,
            passcode=passcode,
        )
        return staged(await self._stage.put_meeting(meeting))

    # -- the inside of the bot -----------------------------------------------------------------------------

    @property
    def handled(self) -> Sequence[Handled]:
        """What the bot's handlers were given, in the order in which they finished."""
        return self._bot.handled

    @property
    def transitions(self) -> Sequence[Transition]:
        """The transitions the bot has handled."""
        return [one.change for one in self.handled if isinstance(one.change, Transition)]

    @property
    def runtime(self) -> Runtime:
        """The bot's runtime."""
        runtime = self._bot.runtime
        if runtime is None:
            raise RuntimeError("the bot is not running")
        return runtime

    async def settled(self, *, within: float = WITHIN) -> None:
        """Wait until the bot has nothing to do: nothing queued, no handler running."""
        inside = self._bot

        async def look() -> bool | None:
            await sleep(self.clock, 0.01)
            return True if inside.idle else None

        try:
            await self._patience.until(look, within)
        except TooLong as limit:
            raise ExpectationFailed(f"The bot was not idle {limit}.\n{await self.story()}") from None

    async def story(self) -> str:
        """Return the timelines of all calls."""
        tables = [await self._watched(one).timeline() for one in await self._stage.calls()]
        return "\n\n".join(tables) if tables else "There was no call."

    # -- parts -----------------------------------------------------------------------------------------

    @property
    def _bot(self) -> Inside:
        if self._inside is None:
            raise RuntimeError("the bot runs elsewhere: its inside cannot be seen from here")
        return self._inside

    def _call(self, call_id: str) -> StagedCall:
        self._known.add(call_id)
        return self._watched(call_id)

    def _watched(self, call_id: str) -> StagedCall:
        if call_id not in self._staged:
            self._staged[call_id] = StagedCall(
                call_id,
                stage=self._stage,
                patience=self._patience,
                people=self._people,
                prompts=self._prompts,
                inside=self._inside,
            )
        return self._staged[call_id]

    async def know_calls(self) -> None:
        """Take no notice of the calls there are already."""
        self._known.update(await self._stage.calls())
