"""Group calls: created by the bot, or grown out of a peer-to-peer call.

https://learn.microsoft.com/graph/api/application-post-calls
"""

import base64
import uuid

from callbot.emulator.calls.call import Call, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.flow import actors, notify, roster
from callbot.emulator.flow.lifecycle import begin, end, establish
from callbot.emulator.flow.outgoing import Order, new_call
from callbot.emulator.flow.ringing import find_person, ring
from callbot.emulator.meetings.tokens import meeting_token
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import typed


def call_group(platform: Platform, order: Order) -> Call:
    """Create a group call and ring everybody in the order's targets."""
    conversation = Conversation(kind=Kind.GROUP, thread_id=new_thread(), subject=order.subject)
    platform.conversations.keep(conversation)
    call = new_call(order, conversation)
    begin(platform, call, State.ESTABLISHING, "placed by the bot")
    notify.call_updated(platform, call)
    call.hooks.end.append(lambda: leave_on_end(platform, call))
    for target in order.targets:
        if isinstance(target, dict):
            _ring_to_join(platform, call, find_person(platform, target.get("identity")))
    platform.later(call, platform.settings.timing.establish, lambda: _establish(platform, call))
    return call


def new_thread() -> str:
    """Return the id of a new chat thread."""
    return f"19:meeting_{base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip('=')}@thread.v2"


def leave_on_end(platform: Platform, call: Call) -> None:
    """Take the bot out of the conversation when its leg has ended."""
    roster.leave(platform, call.conversation, call.me, "Left")
    if not platform.calls.legs(call.conversation) and call.conversation.meeting is None:
        platform.conversations.drop(call.conversation)


def take_in(platform: Platform, call: Call, person: Person, participant_id: str | None = None) -> Participant:
    """Let a person join the conversation of a call, and behave there."""
    participant = Participant(identity=person.identity, person=person)
    if participant_id is not None:
        participant.id = participant_id
    roster.join(platform, call.conversation, participant)
    actors.behave(platform, call, participant)
    return participant


def tell_meeting_info(platform: Platform, call: Call, *, replaced: bool = False) -> None:
    """Tell established again, with the chat first and the token to rejoin after it."""
    conversation = call.conversation
    call.chat_info = conversation.chat_info
    more: dict[str, object] = {}
    if replaced:
        more["replacesContext"] = base64.b64encode(
            f"{platform.root}/conversations/{conversation.id}".encode()
        ).decode()
    notify.call_updated(
        platform,
        call,
        chatInfo=call.chat_info,
        meetingProperties=typed("meetingProperties", {"meetingLabel": "GroupCall"}),
        **more,
    )
    call.meeting_info = meeting_token(platform, conversation, call.app.app_id, call.tenant_id)
    notify.call_updated(platform, call, meetingInfo=call.meeting_info)


def escalate(platform: Platform, call: Call, person: Person) -> None:
    """Make a peer-to-peer call a group call by adding a person, as users do."""
    make_group(platform, call)
    take_in(platform, call, person)


def make_group(platform: Platform, call: Call) -> None:
    """Turn the conversation of a peer-to-peer call into a group call."""
    conversation = call.conversation
    if conversation.has_roster:
        return
    conversation.kind = Kind.GROUP
    conversation.thread_id = new_thread()
    platform.conversations.keep(conversation)
    call.me.hidden = call.option("hideBotAfterEscalation")
    call.hooks.end.append(lambda: leave_on_end(platform, call))
    tell_meeting_info(platform, call, replaced=True)
    roster.welcome(platform, call)


def _establish(platform: Platform, call: Call) -> None:
    if call.alerting:
        call.hooks.audio.append(lambda: _greet(platform, call))
        establish(platform, call, "the group call has started")


def _greet(platform: Platform, call: Call) -> None:
    tell_meeting_info(platform, call)
    roster.arrive(platform, call)
    roster.expect_company(platform, call)


def _ring_to_join(platform: Platform, call: Call, person: Person) -> None:
    def joined() -> None:
        take_in(platform, call, person)

    def failed(_: Outcome, __: str) -> None:
        if roster.is_alone(call):
            end(platform, call, platform.settings.outcomes.nobody_joined, "nobody joined")

    ring(platform, call, person, platform.settings.timing.ring, joined, failed)
