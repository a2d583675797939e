"""A person calls the bot: the call rings, and the bot answers, rejects or lets it ring.

https://learn.microsoft.com/graph/api/call-answer
"""

import uuid
from enum import StrEnum

from callbot.emulator.callbacks.callback import Answer
from callbot.emulator.calls import actors, notify
from callbot.emulator.calls.call import Call, Direction, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.calls.lifecycle import begin, end, establish, move, ring_for, stop_ringing
from callbot.emulator.errors import wrong_state
from callbot.emulator.people import Person
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration
from callbot.emulator.wire import JsonObject, identity_set, typed

NO_CONTENT = 204


class RejectReason(StrEnum):
    """Why a bot turns a call down."""

    NONE = "none"
    BUSY = "busy"
    FORBIDDEN = "forbidden"


def ring_bot(platform: Platform, person: Person, app: AppRegistration) -> Call:
    """Let `person` call the bot of `app`; the announcement goes to the app's global webhook."""
    conversation = Conversation(kind=Kind.PEER_TO_PEER)
    caller = conversation.add(Participant(identity=person.identity, person=person))
    bot = identity_set(application={"id": app.app_id, "displayName": app.display_name})
    me = conversation.add(Participant(identity=bot))
    call = Call(
        app=app,
        tenant_id=person.tenant_id or app.tenant_id,
        direction=Direction.INCOMING,
        conversation=conversation,
        me=me,
        callback_uri=app.callback_url,
        source=person.participant_info,
        targets=[typed("invitationParticipantInfo", {"identity": bot})],
        incoming_context=typed("incomingContext", {"sourceParticipantId": caller.id}),
    )
    actors.take_part(platform, call, person)
    begin(platform, call, State.INCOMING, "a person calls")
    announce(platform, call)
    ring_for(
        platform,
        call,
        platform.settings.timing.answer_within,
        platform.settings.outcomes.not_answered_by_bot,
        "not answered in time",
    )
    return call


def announce(platform: Platform, call: Call) -> None:
    """Tell the bot of an incoming call, in the legacy form first where the settings ask for it."""
    if platform.settings.unsettled.legacy_probe:
        notify.raw(platform, call, _legacy_form(call), lambda answer: _after_probe(platform, call, answer))
    else:
        notify.call_created(platform, call, incoming_data(call))


def incoming_data(call: Call) -> JsonObject:
    """Return the resource data of the first notification."""
    return {
        "state": str(State.INCOMING),
        "direction": str(Direction.INCOMING),
        "callbackUri": call.callback_uri,
        "source": call.source,
        "targets": call.targets,
        "requestedModalities": call.modalities,
        "callChainId": call.chain_id,
        "tenantId": call.tenant_id,
        "incomingContext": call.incoming_context,
    }


def _legacy_form(call: Call) -> JsonObject:
    """Return the announcement in the form from before Graph; a bot answers 204 to get the other one."""
    everyone = [
        {
            "identity": participant.identity,
            "participantId": participant.id,
            "endpointId": str(uuid.uuid5(uuid.NAMESPACE_URL, participant.id)),
            "languageId": "en-US",
            "tenantId": call.tenant_id,
            "region": "emea",
            "originator": participant is not call.me,
            "isHidden": False,
            "endPointType": "default",
            "removeFromDefaultAudioRoutingGroup": False,
        }
        for participant in call.conversation.participants.values()
    ]
    return {
        "id": call.id,
        "participants": everyone,
        "isMultiparty": call.conversation.kind is not Kind.PEER_TO_PEER,
        "presentedModalityTypes": call.modalities,
        "callState": str(State.INCOMING),
        "tenantId": call.tenant_id,
    }


def _after_probe(platform: Platform, call: Call, answer: Answer) -> None:
    if answer.status == NO_CONTENT and not call.over:
        notify.call_created(platform, call, incoming_data(call))


def answer(platform: Platform, call: Call, *, callback_uri: str, media_config: JsonObject) -> None:
    """Accept an incoming call for the bot. Raises `ApiError` when it does not ring any more."""
    if call.state is not State.INCOMING:
        raise wrong_state()
    call.callback_uri = callback_uri
    call.media_config = media_config
    stop_ringing(call)
    move(platform, call, State.ESTABLISHING, "answered by the bot")
    notify.call_updated(platform, call)
    platform.later(call, platform.settings.timing.establish, lambda: _connect(platform, call))


def reject(platform: Platform, call: Call) -> None:
    """Turn an incoming call down for the bot. Raises `ApiError` when it does not ring any more."""
    if call.state is not State.INCOMING:
        raise wrong_state()
    end(platform, call, None, "rejected by the bot", silent=True)
    notify.call_rejected(platform, call)


def _connect(platform: Platform, call: Call) -> None:
    if call.state is State.ESTABLISHING:
        establish(platform, call, "answered by the bot")
