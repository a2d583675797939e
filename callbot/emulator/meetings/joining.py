"""A bot joins a meeting: by its coordinates, its number, a token, as itself or as a guest.

https://learn.microsoft.com/graph/api/application-post-calls
"""

from dataclasses import dataclass

from callbot.emulator.calls.call import Call, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.flow import actors, notify, roster
from callbot.emulator.flow.lifecycle import activate_audio, begin, end, establish
from callbot.emulator.flow.outgoing import Order, new_call
from callbot.emulator.meetings.group import leave_on_end
from callbot.emulator.platform import Platform
from callbot.emulator.settings import Outcome
from callbot.emulator.tenant.meetings import Lobby, Meeting
from callbot.emulator.wire import JsonObject, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a bot wants to join, checked: which conversation, and what is told about it."""

    conversation: Conversation
    chat_info: JsonObject | None
    meeting_info: JsonObject
    guest: bool = False


def conversation_for(platform: Platform, meeting: Meeting) -> Conversation:
    """Return the conversation of a meeting; when nobody is in it yet, its attendees come."""
    found = platform.conversations.by_thread(meeting.thread_id)
    if found is not None:
        return found
    conversation = Conversation(
        kind=Kind.MEETING,
        meeting=meeting,
        thread_id=meeting.thread_id,
        message_id=meeting.message_id,
        subject=meeting.subject,
    )
    for attendee in meeting.attendees:
        person = platform.directory.find(attendee)
        if person is not None:
            conversation.add(Participant(identity=person.identity, person=person))
    platform.conversations.keep(conversation)
    return conversation


def join_meeting(platform: Platform, order: Order, door: Door) -> Call:
    """Let a bot join; as a guest it may have to wait in the lobby."""
    conversation = door.conversation
    first = not platform.calls.legs(conversation)
    call = new_call(order, conversation)
    call.chat_info, call.meeting_info = door.chat_info, door.meeting_info
    call.me.in_lobby = _has_to_wait(conversation, guest=door.guest)
    begin(platform, call, State.ESTABLISHING, "joined by the bot")
    told = {"chatInfo": call.chat_info, "meetingInfo": call.meeting_info}
    notify.call_updated(platform, call, **{key: value for key, value in told.items() if value is not None})
    call.hooks.end.append(lambda: leave_on_end(platform, call))
    if first:
        for participant in conversation.people():
            actors.take_part(platform, call, participant)
    platform.later(call, platform.settings.timing.establish, lambda: _enter(platform, call))
    return call


def fail_to_join(platform: Platform, order: Order, outcome: Outcome) -> Call:
    """Let a join fail after the request has succeeded: the call ends before it is established."""
    call = new_call(order, Conversation(kind=Kind.MEETING))
    begin(platform, call, State.ESTABLISHING, "joined by the bot")
    notify.call_updated(platform, call)
    seconds = platform.settings.timing.establish
    platform.later(call, seconds, lambda: end(platform, call, outcome, "the meeting cannot be joined"))
    return call


def admit(platform: Platform, call: Call) -> None:
    """Let the bot in from the lobby."""
    if call.me.in_lobby and call.connected:
        call.me.in_lobby = False
        roster.arrive(platform, call)
        activate_audio(platform, call)


def deny(platform: Platform, call: Call) -> None:
    """Send the bot away from the lobby."""
    if call.me.in_lobby:
        end(platform, call, platform.settings.outcomes.lobby_denied, "not let in from the lobby")


def end_conversation(platform: Platform, conversation: Conversation) -> None:
    """End a conversation for everybody."""
    platform.conversations.drop(conversation)
    for leg in platform.calls.legs(conversation):
        end(platform, leg, platform.settings.outcomes.conversation_ended, "the conversation has ended")


def organizer_of(meeting: Meeting) -> JsonObject:
    """Return the organizerMeetingInfo of a meeting."""
    user = typed("identity", {"id": meeting.organizer_id, "tenantId": meeting.tenant_id})
    organizer = typed("identitySet", {"user": user})
    return typed("organizerMeetingInfo", {"organizer": organizer, "allowConversationWithoutHost": True})


def _has_to_wait(conversation: Conversation, *, guest: bool) -> bool:
    lobby = conversation.meeting.lobby if conversation.meeting is not None else Lobby.NOBODY
    return lobby is Lobby.EVERYBODY or (guest and lobby is Lobby.GUESTS)


def _enter(platform: Platform, call: Call) -> None:
    if not call.alerting:
        return
    if call.me.in_lobby:
        establish(platform, call, "waits in the lobby")
        roster.welcome(platform, call)
        platform.later(call, platform.settings.timing.lobby, lambda: _tire_of_waiting(platform, call))
        return
    call.hooks.audio.append(lambda: _greet(platform, call))
    establish(platform, call, "has joined the meeting")


def _greet(platform: Platform, call: Call) -> None:
    roster.arrive(platform, call)
    roster.expect_company(platform, call)


def _tire_of_waiting(platform: Platform, call: Call) -> None:
    if call.me.in_lobby:
        end(platform, call, platform.settings.outcomes.lobby_timeout, "nobody let it in from the lobby")
