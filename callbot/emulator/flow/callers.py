"""The ways in which somebody comes to call a bot.

https://learn.microsoft.com/graph/api/call-answer
"""

from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.flow import actors, roster
from callbot.emulator.flow.incoming import Ring, ring_bot
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration, Instance
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject, identity_set, typed


def person_calls(
    platform: Platform,
    person: Person,
    app: AppRegistration,
    *,
    instance: Instance | None = None,
    forwarded_from: Person | None = None,
    transferred_by: Person | None = None,
) -> Call:
    """Let `person` call the bot of `app`; by its number or resource account when `instance` is given."""
    conversation = Conversation(kind=Kind.PEER_TO_PEER)
    caller = conversation.add(Participant(identity=person.identity, person=person))
    tenant_id = person.tenant_id or app.tenant_id
    bot = bot_identity(app) if instance is None else _instance_identity(instance, tenant_id)
    ring = Ring(
        app=app,
        tenant_id=tenant_id,
        conversation=conversation,
        caller=caller,
        source=person.participant_info,
        target=bot,
    )
    if forwarded_from is not None:
        ring.call_routes.append(_route(forwarded_from.identity, bot))
    if transferred_by is not None:
        ring.incoming_context["transferor"] = transferred_by.identity
    if instance is not None:
        ring.source = {**ring.source, "id": caller.id}
    call = ring_bot(platform, ring)
    actors.take_part(platform, call, caller)
    return call


def person_invites(
    platform: Platform, person: Participant, app: AppRegistration, conversation: Conversation
) -> Call:
    """Let somebody in a group call or meeting invite the bot to it."""
    source: JsonObject = typed("participantInfo", {"identity": person.identity, "endpointType": "default"})
    tenant_id = (person.person.tenant_id if person.person else "") or app.tenant_id
    ring = Ring(
        app=app,
        tenant_id=tenant_id,
        conversation=conversation,
        caller=person,
        source=source,
        target=bot_identity(app),
        chat_info=conversation.chat_info,
        meeting_info=organizer_info(conversation, person),
    )
    call = ring_bot(platform, ring)
    call.hooks.established.append(lambda: _joined(platform, call))
    return call


def bot_identity(app: AppRegistration) -> JsonObject:
    """Return the identitySet of a bot."""
    return identity_set(application={"id": app.app_id, "displayName": app.display_name})


def organizer_info(conversation: Conversation, fallback: Participant) -> JsonObject:
    """Return the organizerMeetingInfo of a conversation."""
    meeting = conversation.meeting
    organizer = fallback.identity
    if meeting is not None:
        organizer = identity_set(user={"id": meeting.organizer_id, "tenantId": meeting.tenant_id})
    return typed("organizerMeetingInfo", {"organizer": organizer, "allowConversationWithoutHost": True})


def _joined(platform: Platform, call: Call) -> None:
    call.hooks.audio.append(lambda: roster.arrive(platform, call))
    call.hooks.end.append(lambda: roster.leave(platform, call.conversation, call.me, "Left"))


def _instance_identity(instance: Instance, tenant_id: str) -> JsonObject:
    return identity_set(
        applicationInstance={
            "id": instance.id,
            "displayName": instance.display_name,
            "tenantId": tenant_id,
        }
    )


def _route(original: JsonObject, final: JsonObject) -> JsonObject:
    return typed("callRoute", {"routingType": "forwarded", "original": original, "final": final})
