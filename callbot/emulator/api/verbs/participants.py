"""The verbs about participants: list, get, invite, mute, hold music, remove.

https://learn.microsoft.com/graph/api/resources/participant
"""

from callbot.emulator.api.answers import (
    ACCEPTED,
    completed_reply,
    entity_reply,
    list_reply,
    operation_reply,
)
from callbot.emulator.api.checks.calls import (
    can_phone,
    kind_of,
    need_connected,
    need_group,
    need_participant,
    people,
)
from callbot.emulator.api.exchange import NO_CONTENT, Exchange, Reply
from callbot.emulator.api.routing import Verb
from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.calls.operation import Operation
from callbot.emulator.calls.roster_document import participant_document
from callbot.emulator.errors import ApiError, insufficient_permissions, invalid_argument
from callbot.emulator.flow import notify, roster
from callbot.emulator.meetings.group import make_group
from callbot.emulator.meetings.inviting import cancel_invitation, invite
from callbot.emulator.meetings.moderating import remove, set_hold_music, set_muted
from callbot.emulator.settings import Cloud
from callbot.emulator.wire import JsonObject, identity_key, with_nulls

MOST_INVITED = 5
REMOVE_ROLES = ("Calls.JoinGroupCall.All", "Calls.JoinGroupCallAsGuest.All")


def documents(exchange: Exchange) -> list[JsonObject]:
    """Return the participants the bot sees; none in a peer-to-peer call."""
    call = exchange.call
    if not call.conversation.has_roster or not call.connected:
        return []
    return [_document(exchange, participant) for participant in roster.visible_to(call)]


async def list_participants(exchange: Exchange) -> Reply:
    """Show who is in the call."""
    return list_reply(exchange, "participants", documents(exchange))


async def get_participant(exchange: Exchange) -> Reply:
    """Show one participant."""
    return entity_reply(exchange, "participants", _document(exchange, need_participant(exchange)))


async def invite_participants(exchange: Exchange) -> Reply:
    """Invite people to the group call."""
    exchange.need_role("Calls.InitiateGroupCall.All")
    body, call = exchange.body, exchange.call
    invited = people(body, "participants", most=MOST_INVITED)
    if not invited:
        raise invalid_argument("The parameter 'participants' is required.")
    need_connected(call)
    if any(kind_of(person) == "phone" for person in invited) and not can_phone(call):
        raise invalid_argument("A telephone participant needs an application instance.")
    if exchange.platform.settings.unsettled.p2p_invite_escalates:
        make_group(exchange.platform, call)
    need_group(call)
    _refuse_known(call, invited)
    operation = Operation(
        type="inviteParticipantsOperation",
        client_context=body.client_context(),
        details={"participants": [_echo(person) for person in invited]},
    )
    invite(exchange.platform, call, invited, operation)
    reply = operation_reply(exchange, operation)
    return Reply(reply.status, {**(reply.body or {}), "status": "Running"}, reply.headers)


async def delete_participant(exchange: Exchange) -> Reply:
    """Remove somebody, or take an invitation back."""
    exchange.need_role(*REMOVE_ROLES)
    if not exchange.caller.app.may_remove_participants:
        raise insufficient_permissions()
    call = exchange.call
    need_group(call)
    if cancel_invitation(call, exchange.params["participant"]):
        return NO_CONTENT
    participant = need_participant(exchange)
    meeting = call.conversation.meeting
    if meeting is not None and participant.person and participant.person.id == meeting.organizer_id:
        raise ApiError(400, 8552, "The organizer cannot be removed.")
    remove(exchange.platform, call.conversation, participant)
    return NO_CONTENT


async def mute_participant(exchange: Exchange) -> Reply:
    """Mute somebody; only they can unmute themselves."""
    operation = Operation(type="muteParticipantOperation", client_context=exchange.body.client_context())
    call = exchange.call
    need_group(call)
    set_muted(exchange.platform, call.conversation, need_participant(exchange), muted=True)
    return completed_reply(exchange, operation)


async def start_hold_music(exchange: Exchange) -> Reply:
    """Put one participant on hold with music."""
    call = exchange.call
    prompt = exchange.body.mapping("customPrompt")
    need_group(call)
    participant = need_participant(exchange)
    if any(one.hears_music for one in call.conversation.participants.values()):
        raise ApiError(409, 8519, "Another participant is on hold already.")
    details: JsonObject = {} if prompt is None else {"customPrompt": prompt}
    return _hold_music(exchange, participant, "startHoldMusicOperation", details)


async def stop_hold_music(exchange: Exchange) -> Reply:
    """Bring a participant back from hold."""
    need_group(exchange.call)
    participant = need_participant(exchange)
    if not participant.hears_music:
        raise ApiError(400, 8585, "The participant is not on hold.")
    return _hold_music(exchange, participant, "stopHoldMusicOperation", {})


def _refuse_known(call: Call, invited: list[JsonObject]) -> None:
    """Refuse to invite somebody who is there already, or whose phone rings."""
    there = [one.identity for one in call.conversation.participants.values()]
    known = {identity_key(identity) for identity in (*there, *(one.person.identity for one in call.pending))}
    if any(identity_key(person["identity"]) in known for person in invited):
        raise invalid_argument("A participant of 'participants' is in the call already.")


def _hold_music(exchange: Exchange, participant: Participant, kind: str, details: JsonObject) -> Reply:
    call, platform = exchange.call, exchange.platform
    context = exchange.body.client_context()
    operation = Operation(type=kind, client_context=context, details=details)
    call.operations[operation.id] = operation
    slash = not platform.settings.unsettled.hold_music_without_slash

    def done() -> None:
        operation.finish()
        notify.operation_finished(platform, call, operation, slash=slash)

    reply = operation_reply(exchange, operation, ACCEPTED)
    set_hold_music(platform, call, participant, playing=kind.startswith("start"))
    platform.later(call, 0, done)
    return reply


def _document(exchange: Exchange, participant: Participant) -> JsonObject:
    settings, sequence = exchange.platform.settings, exchange.call.conversation.sequence
    return participant_document(participant, sequence, global_cloud=settings.cloud is Cloud.GLOBAL)


def _echo(person: JsonObject) -> JsonObject:
    """Return an invited participant as the answer repeats it, with nulls."""
    identity = person.get("identity")
    return {
        "@odata.type": "#microsoft.graph.invitationParticipantInfo",
        "endpointType": None,
        "replacesCallId": None,
        **person,
        "identity": with_nulls(identity) if isinstance(identity, dict) else None,
    }


VERBS = (
    Verb("listParticipants", "GET", "{call}/participants", list_participants),
    Verb("invite", "POST", "{call}/participants/invite", invite_participants),
    Verb("getParticipant", "GET", "{call}/participants/{participant}", get_participant),
    Verb("deleteParticipant", "DELETE", "{call}/participants/{participant}", delete_participant),
    Verb("muteParticipant", "POST", "{call}/participants/{participant}/mute", mute_participant),
    Verb("startHoldMusic", "POST", "{call}/participants/{participant}/startHoldMusic", start_hold_music),
    Verb("stopHoldMusic", "POST", "{call}/participants/{participant}/stopHoldMusic", stop_hold_music),
)
