"""The bot of a soak: it answers, plays, passes on and places calls, and writes down every transition.

Run it as a service would be: `python -m callbot run soak.bot:bot --config ...`. `SOAK_DIARY` names the file
it writes to.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from callbot import (
    Call,
    CallBot,
    CallbotError,
    CallDirection,
    CallState,
    MeetingCoordinates,
    OperationFailed,
    Phone,
    RejectReason,
    ResourceAccount,
    RosterChange,
    Tone,
    Transition,
    User,
)
from callbot.emulator import INSTANCE_ID, TENANT_ID
from soak.cast import (
    ANSWERS,
    BUSY,
    CALLED_PHONE,
    DECLINES,
    FRIEND,
    IGNORES,
    LISTENER,
    ORGANIZER,
    PHONE,
    UNREACHABLE,
    MetOnPurpose,
    Order,
    Part,
    person_id,
)
from soak.diary import Diary

PROMPT = "samples/prompts/goodbye.wav"
_TYPING = 5.0  # seconds to press keys

_CALLEES = {
    Order.CHAT: ANSWERS,
    Order.ANNOUNCEMENT: LISTENER,
    Order.DECLINED: DECLINES,
    Order.BUSY: BUSY,
    Order.NO_ANSWER: IGNORES,
    Order.UNREACHABLE: UNREACHABLE,
}
_BEFORE_TALKING = frozenset({None, CallState.INCOMING, CallState.ESTABLISHING, CallState.RINGING})

Deed = Callable[[Call], Awaitable[object]]


class SoakBot(CallBot):
    """Does with each call what the name of its caller, or its own subject, asks for."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self.tones = 0
        self.rosters = 0

    async def on_transition(self, call: Call, transition: Transition) -> None:
        """Write it down and act; Graph may refuse, and then people hang up by themselves."""
        with self._diary.handling(call, transition), suppress(CallbotError):
            await self._act(call, transition)

    async def on_tone(self, call: Call, tone: Tone) -> None:  # noqa: ARG002 - a hook takes what happened
        """Count it: a hook makes the change one that is kept."""
        self.tones += 1

    async def on_roster(self, call: Call, change: RosterChange) -> None:  # noqa: ARG002 - as above
        """Count it."""
        self.rosters += 1

    async def _act(self, call: Call, transition: Transition) -> None:
        if transition.new is CallState.INCOMING:
            await self._take(call)
        elif transition.new is CallState.ESTABLISHED:
            if transition.old in _BEFORE_TALKING:
                await _TALKS.get(name_of(call), _nothing)(call)
            elif transition.old in {CallState.TRANSFERRING, CallState.TRANSFER_ACCEPTED}:
                await call.hang_up()

    async def _take(self, call: Call) -> None:
        """Do with an incoming call what its caller is there for."""
        name = name_of(call)
        match name:
            case Part.GIVES_UP | Part.IS_IGNORED | "":
                return
            case Part.IS_REJECTED:
                await call.reject(RejectReason.BUSY)
            case Part.IS_REDIRECTED:
                await call.redirect(_user(ANSWERS), timeout=20)
            case _ if name.startswith(Part.ORDERS):
                await self._place(Order(name.removeprefix(Part.ORDERS).strip()))
                await call.reject(wait=False)
            case Part.TALKS:
                await call.answer(wait=False)
            case _:
                await call.answer()

    async def _place(self, order: Order) -> None:
        """Place the call that was ordered."""
        match order:
            case Order.GROUP:
                people = [_user(ANSWERS), _user(DECLINES), _user(LISTENER)]
                await self.place_group_call(people, subject=order)
            case Order.MEETING | Order.AS_GUEST:
                meeting = MeetingCoordinates(
                    f"19:meeting_{uuid.uuid4().hex}@thread.v2", person_id(ORGANIZER), TENANT_ID
                )
                guest = "Guest" if order is Order.AS_GUEST else None
                await self.join_meeting(meeting, as_guest=guest)
            case Order.TELEPHONE:
                await self.place_call(Phone(CALLED_PHONE), source=ResourceAccount(INSTANCE_ID), subject=order)
            case _:
                await self.place_call(_user(_CALLEES[order]), subject=order)


async def _nothing(call: Call) -> None:
    """Let people talk."""


async def _announce(call: Call) -> None:
    await call.play(PROMPT)
    await call.hang_up()


async def _ask(call: Call) -> None:
    await call.subscribe_to_tone()
    await call.play(PROMPT, wait=False)
    with suppress(TimeoutError):
        async with asyncio.timeout(_TYPING):
            async for tone in call.tones():
                if tone.key == "2":
                    break
    await call.hang_up()


async def _listen_to_tones(call: Call) -> None:
    await call.subscribe_to_tone()


async def _record(call: Call) -> None:
    await call.record(PROMPT, max_duration=3, beep=False)
    await call.hang_up()


async def _pass_on(call: Call) -> None:
    await call.transfer(_user(ANSWERS))


async def _try_to_pass_on(call: Call) -> None:
    with suppress(OperationFailed):
        await call.transfer(_user(DECLINES))


async def _look_around(call: Call) -> None:
    await call.participants.list()
    await call.mute()
    await call.unmute()


async def _invite(call: Call) -> None:
    await _look_around(call)
    await call.invite(_user(FRIEND), wait=False)


async def _fail(call: Call) -> None:
    raise MetOnPurpose(f"a bug in the bot, in state {call.state}")


_TALKS: dict[str, Deed] = {
    Part.LISTENS: _announce,
    Part.TYPES: _ask,
    Part.DIALS: _listen_to_tones,
    Part.SPEAKS: _record,
    Part.IS_PASSED_ON: _pass_on,
    Part.COMES_BACK: _try_to_pass_on,
    Part.MEETS_A_BUG: _fail,
    Order.ANNOUNCEMENT: _announce,
    Order.GROUP: _look_around,
    Order.MEETING: _invite,
}


def name_of(call: Call) -> str:
    """Return what a call is about: its subject when the bot has placed it, else its caller's name.

    A meeting has no subject of the bot's.
    """
    resource = call.resource
    if resource.direction is CallDirection.OUTGOING:
        return resource.subject or (Order.MEETING if resource.meeting_info is not None else "")
    identity = call.source.identity if call.source is not None else None
    if identity is None:
        return ""
    if identity.phone is not None and identity.phone.id == PHONE:
        return Part.PHONES
    return (identity.user.display_name or "") if identity.user is not None else ""


def _user(name: str) -> User:
    return User(person_id(name))


bot = SoakBot(Diary(Path(os.environ.get("SOAK_DIARY", "diary.jsonl"))))
