"""Finds the meeting a create wants to join: by coordinates, by number and passcode, or by token.

https://learn.microsoft.com/graph/api/resources/meetinginfo
"""

from callbot.emulator.api.exchange import Exchange
from callbot.emulator.calls.conversation import Conversation
from callbot.emulator.errors import ApiError, invalid_argument, tenant_mismatch
from callbot.emulator.meetings.joining import Door, conversation_for
from callbot.emulator.meetings.tokens import conversation_of
from callbot.emulator.tenant.meetings import Meeting
from callbot.emulator.wire import JsonObject, typed, who_is


def find_door(exchange: Exchange, *, guest: bool) -> Door:
    """Return the conversation a body names; raises `ApiError` when there is none or it is closed."""
    info = exchange.body.mapping("meetingInfo")
    if info is None:
        raise invalid_argument("The parameter 'meetingInfo' is required to join a meeting.")
    kind = str(info.get("@odata.type", "")).rpartition(".")[2]
    if kind == "tokenMeetingInfo":
        return _by_token(exchange, info, guest=guest)
    if kind == "joinMeetingIdMeetingInfo":
        return _by_number(exchange, info, guest=guest)
    if kind == "organizerMeetingInfo":
        return _by_coordinates(exchange, info, guest=guest)
    raise invalid_argument("The parameter 'meetingInfo' has an unknown type.")


def _by_token(exchange: Exchange, info: JsonObject, *, guest: bool) -> Door:
    token = info.get("token")
    platform, app_id = exchange.platform, exchange.caller.app.app_id
    conversation = conversation_of(platform, token, app_id) if isinstance(token, str) else None
    if conversation is None:
        raise ApiError(400, 8526, "The join token is invalid.")
    return Door(
        conversation=_open(conversation), chat_info=conversation.chat_info, meeting_info=info, guest=guest
    )


def _by_number(exchange: Exchange, info: JsonObject, *, guest: bool) -> Door:
    number, passcode = info.get("joinMeetingId"), info.get("passcode")
    meeting = exchange.platform.calendar.by_number(number) if isinstance(number, str) else None
    if meeting is None or (meeting.passcode or None) != (passcode or None):
        raise ApiError(400, 8561, "The join meeting id or its passcode is invalid.")
    conversation = _of_tenant(exchange, meeting)
    return Door(
        conversation=_open(conversation), chat_info=conversation.chat_info, meeting_info=info, guest=guest
    )


def _by_coordinates(exchange: Exchange, info: JsonObject, *, guest: bool) -> Door:
    chat = exchange.body.mapping("chatInfo") or {}
    thread = chat.get("threadId")
    if not isinstance(thread, str) or not thread:
        raise invalid_argument("The parameter 'chatInfo.threadId' is required.")
    organizer = _organizer(info)
    meeting = exchange.platform.calendar.by_thread(thread)
    if meeting is None:
        meeting = _defined_on_the_fly(exchange, thread, chat, organizer)
    if meeting.organizer_id.lower() != str(organizer["id"]).lower():
        raise ApiError(400, 8527, "The organizer does not match the meeting.")
    conversation = _of_tenant(exchange, meeting)
    chat_info = typed("chatInfo", {"replyChainMessageId": None, **chat})
    return Door(conversation=_open(conversation), chat_info=chat_info, meeting_info=info, guest=guest)


def _organizer(info: JsonObject) -> JsonObject:
    found = who_is(info.get("organizer"))
    if found is None or found[0] != "user":
        raise invalid_argument("The parameter 'meetingInfo.organizer.user.id' is required.")
    return found[1]


def _defined_on_the_fly(exchange: Exchange, thread: str, chat: JsonObject, organizer: JsonObject) -> Meeting:
    """Return a meeting nobody has defined, with its organizer in it, where the settings allow that."""
    if not exchange.platform.settings.any_meeting:
        raise ApiError(400, 8527, "There is no such meeting.")
    organizer_id = str(organizer["id"])
    return exchange.platform.calendar.add(
        Meeting(
            thread_id=thread,
            message_id=str(chat.get("messageId") or "0"),
            organizer_id=organizer_id,
            tenant_id=str(organizer.get("tenantId") or exchange.caller.tenant_id),
            attendees=(organizer_id,),
        )
    )


def _of_tenant(exchange: Exchange, meeting: Meeting) -> Conversation:
    tenant = meeting.tenant_id or exchange.platform.settings.home
    if tenant.lower() != exchange.caller.tenant_id.lower():
        raise tenant_mismatch()
    return conversation_for(exchange.platform, meeting)


def _open(conversation: Conversation) -> Conversation:
    if conversation.meeting is not None and conversation.meeting.locked:
        raise ApiError(403, 8560, "The meeting is locked.")
    return conversation
