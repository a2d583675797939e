"""A client of the emulator, over HTTPS, and the calls its verbs are tried on."""

from dataclasses import dataclass

from callbot.emulator import TENANT_ID, Behaviour, EmulatedCall, Emulator, Person, Timing, WhenCalled
from callbot.graph import GraphClient, MeetingId, meeting_call, peer_to_peer
from callbot.model import CommsOperation, Participant, User

CALLBACK = "https://localhost:9/api/calls"
ANA = "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11"
BEN = "c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22"
FEMI = "061bf4c5-c28e-4fa2-b199-ae5d6c717066"
MEETING = MeetingId("231 234 567 890", "abc123")
QUICK = Timing(establish=0, media=0, terminating=0, transfer_done=0, gallery=0)
PEOPLE = tuple(
    Person(
        id=key,
        display_name=name,
        tenant_id=TENANT_ID,
        behaviour=Behaviour(when_called=when, after=0, speaks_for=0.01),
    )
    for key, name, when in (
        (ANA, "Ana", WhenCalled.ANSWER),
        (BEN, "Ben", WhenCalled.IGNORE),
        (FEMI, "Femi", WhenCalled.ANSWER),
    )
)
GONE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Stage:
    """An emulator and a client of it. Callbacks go nowhere: only verbs are looked at."""

    emulator: Emulator
    client: GraphClient

    async def rings(self) -> EmulatedCall:
        """Return a call that rings at the bot."""
        return await self.emulator.place_call("Ana")

    async def with_ana(self) -> EmulatedCall:
        """Return an established call with one person."""
        body = peer_to_peer(User(ANA), callback_uri=CALLBACK)
        return await self._established(body)

    async def meeting(self) -> EmulatedCall:
        """Return the bot's call in a meeting with Ana and Femi in it."""
        return await self._established(meeting_call(MEETING, callback_uri=CALLBACK))

    async def recorded(self) -> EmulatedCall:
        """Return the established call of a policy-recording bot."""
        call = await self.emulator.place_recorded_call("Ana", "Femi")
        await self.client.answer(call.id, tenant=None, callback_uri=CALLBACK)
        await call.until("established")
        return call

    async def somebody(self, call: EmulatedCall) -> Participant:
        """Return somebody in a meeting other than the bot."""
        people = await self.client.list_participants(call.id, tenant=None)
        return next(one for one in people if one.info.identity.user is not None)

    async def ended(self, call: EmulatedCall, operation: CommsOperation) -> CommsOperation:
        """Return an operation as it is when it has ended."""
        assert operation.id
        while not operation.is_finished:
            operation = await self.client.get_operation(call.id, operation.id or "", tenant=None)
        return operation

    async def _established(self, body: dict[str, object]) -> EmulatedCall:
        created = await self.client.create_call(body, tenant=None)
        assert created.id
        call = self.emulator.call(created.id)
        await call.until("established")
        return call
