"""Somebody calls the bot: the call rings, and the bot answers, rejects or lets it ring.

https://learn.microsoft.com/graph/api/call-answer
"""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from callbot.emulator.callbacks.callback import Answer
from callbot.emulator.calls.call import Call, Direction, Policy, State
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.errors import wrong_state
from callbot.emulator.flow import notify
from callbot.emulator.flow.lifecycle import begin, end, establish, move, ring_for, stop_ringing
from callbot.emulator.platform import Platform
from callbot.emulator.settings import ALL_ROLES, AppRegistration
from callbot.emulator.wire import JsonObject, identity_set, typed

NO_CONTENT = 204
MOST_MOVES = 5


class RejectReason(StrEnum):
    """Why a bot turns a call down."""

    NONE = "none"
    BUSY = "busy"
    FORBIDDEN = "forbidden"


@dataclass(slots=True, kw_only=True)
class Ring:
    """A call to the bot that is about to be announced.

    `caller` is who calls, `target` the bot as it was dialled; `more` is what the announcement has beside
    the usual. `callback_uri` is the app's global webhook unless another bot is invited.
    """

    app: AppRegistration
    tenant_id: str
    conversation: Conversation
    caller: Participant
    source: JsonObject
    target: JsonObject
    call_routes: list[object] = field(default_factory=list)
    incoming_context: JsonObject = field(default_factory=dict)
    chat_info: JsonObject | None = None
    meeting_info: JsonObject | None = None
    policy: Policy | None = None
    callback_uri: str | None = None
    more: JsonObject = field(default_factory=dict)


def ring_bot(platform: Platform, ring: Ring) -> Call:
    """Announce a call to the bot and start the time in which it has to answer."""
    call = Call(
        app=ring.app,
        tenant_id=ring.tenant_id,
        direction=Direction.INCOMING,
        conversation=ring.conversation,
        me=Participant(identity=ring.target),
        callback_uri=ring.callback_uri or ring.app.callback_url,
        source=ring.source,
        targets=[typed("invitationParticipantInfo", {"identity": ring.target})],
        call_routes=ring.call_routes,
        chat_info=ring.chat_info,
        meeting_info=ring.meeting_info,
        policy=ring.policy,
        incoming_context=typed(
            "incomingContext", {"sourceParticipantId": ring.caller.id, **ring.incoming_context}
        ),
    )
    begin(platform, call, State.INCOMING, "somebody calls")
    announce(platform, call, ring.more)
    timing, outcomes = platform.settings.timing, platform.settings.outcomes
    seconds = timing.answer_within if ring.policy is None else timing.policy_answer_within
    ring_for(platform, call, seconds, outcomes.not_answered_by_bot, "not answered in time")
    return call


def announce(platform: Platform, call: Call, more: JsonObject) -> None:
    """Tell the bot of an incoming call, in the legacy form first where the settings ask for it."""
    data = {**_announcement(call), **more}

    def after_probe(answer: Answer) -> None:
        if answer.status == NO_CONTENT and not call.over:
            _tell_created(platform, call, data, MOST_MOVES)

    if platform.settings.unsettled.legacy_probe:
        notify.raw(platform, call, _legacy_form(call), after_probe)
    else:
        _tell_created(platform, call, data, MOST_MOVES)


def answer(
    platform: Platform,
    call: Call,
    *,
    callback_uri: str,
    media_config: JsonObject,
    call_options: JsonObject | None = None,
    capacity: int | None = None,
) -> None:
    """Accept an incoming call for the bot. Raises `ApiError` when it does not ring any more."""
    if call.state is not State.INCOMING or call.redirected:
        raise wrong_state()
    call.callback_uri = callback_uri
    call.media_config = media_config
    call.call_options = call_options
    if call.policy is not None and capacity is not None:
        call.policy.capacity = capacity
    stop_ringing(call)
    move(platform, call, State.ESTABLISHING, "answered by the bot")
    notify.call_updated(platform, call)
    platform.later(call, platform.settings.timing.establish, lambda: _connect(platform, call))


def reject(platform: Platform, call: Call) -> None:
    """Turn an incoming call down for the bot. Raises `ApiError` when it does not ring any more."""
    if call.state is not State.INCOMING or call.redirected:
        raise wrong_state()
    end(platform, call, None, "rejected by the bot", silent=True)
    notify.call_rejected(platform, call)


def _connect(platform: Platform, call: Call) -> None:
    if call.state is State.ESTABLISHING:
        establish(platform, call, "answered by the bot")


def _tell_created(platform: Platform, call: Call, data: JsonObject, moves: int) -> None:
    """Announce a call, and again wherever the bot wants it: that is how it picks a region."""

    def answered(answer: Answer) -> None:
        if answer.moved is not None and moves > 0 and not call.over:
            call.callback_uri = answer.moved
            _tell_created(platform, call, {**data, "callbackUri": answer.moved}, moves - 1)

    notify.call_created(platform, call, data, answered)


def _announcement(call: Call) -> JsonObject:
    """Return the resource data of the first notification."""
    data: JsonObject = {
        "state": str(State.INCOMING),
        "direction": str(Direction.INCOMING),
        "callbackUri": call.callback_uri,
        "source": call.source if set(call.app.roles) & set(ALL_ROLES) else _encrypted(call),
        "targets": call.targets,
        "requestedModalities": call.modalities,
        "callChainId": call.chain_id,
        "tenantId": call.tenant_id,
        "incomingContext": call.incoming_context,
        "callRoutes": call.call_routes or None,
        "chatInfo": call.chat_info,
        "meetingInfo": call.meeting_info,
    }
    return {key: value for key, value in data.items() if value is not None}


def _encrypted(call: Call) -> JsonObject:
    """Return the source for an app without any permission: nobody it can read."""
    opaque = uuid.uuid5(uuid.NAMESPACE_URL, str(call.source)).hex
    return {**(call.source or {}), "identity": identity_set(encrypted={"id": f"8:{opaque}"})}


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
        for participant in (*call.conversation.people(), call.me)
    ]
    return {
        "id": call.id,
        "participants": everyone,
        "isMultiparty": call.conversation.kind is not Kind.PEER_TO_PEER,
        "presentedModalityTypes": call.modalities,
        "callState": str(State.INCOMING),
        "tenantId": call.tenant_id,
    }
