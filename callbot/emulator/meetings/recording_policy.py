"""Policy recording: a bot is called because somebody is recorded, and decides about who joins.

https://learn.microsoft.com/microsoftteams/teams-recording-policy
"""

import json

from callbot.emulator.callbacks.callback import Answer
from callbot.emulator.calls.call import Call, Policy
from callbot.emulator.calls.conversation import Conversation, Kind, Participant
from callbot.emulator.calls.document import call_document
from callbot.emulator.calls.roster_document import roster_entry
from callbot.emulator.flow import actors, notify, roster
from callbot.emulator.flow.callers import bot_identity
from callbot.emulator.flow.incoming import Ring, ring_bot
from callbot.emulator.journal import NoteEntry
from callbot.emulator.meetings.group import new_thread
from callbot.emulator.meetings.tokens import meeting_token
from callbot.emulator.platform import Platform
from callbot.emulator.settings import AppRegistration
from callbot.emulator.tenant.people import Person
from callbot.emulator.wire import JsonObject, typed

INVALID_ANSWER = 8609
NO_ANSWER = 8610


def record_call(platform: Platform, observed: Person, other: Person, app: AppRegistration) -> Call:
    """Start a call between two people of whom `observed` is under policy: the bot is called for them."""
    conversation = Conversation(kind=Kind.GROUP, thread_id=new_thread())
    platform.conversations.keep(conversation)
    recorded = conversation.add(Participant(identity=observed.identity, person=observed))
    conversation.add(Participant(identity=other.identity, person=other))
    return ring_recorder(platform, conversation, recorded, app)


def ring_recorder(
    platform: Platform,
    conversation: Conversation,
    observed: Participant,
    app: AppRegistration,
    callback_uri: str | None = None,
) -> Call:
    """Call the recording bot for a participant; it has five seconds to answer."""
    tenant_id = (observed.person.tenant_id if observed.person else "") or app.tenant_id
    policy = Policy(observed=observed, bot_data=_bot_data(conversation, observed, app, tenant_id))
    ring = Ring(
        app=app,
        tenant_id=tenant_id,
        conversation=conversation,
        caller=observed,
        source=observed.person.participant_info if observed.person else {},
        target=bot_identity(app),
        incoming_context={"observedParticipantId": observed.id},
        meeting_info=meeting_token(platform, conversation, app.app_id, tenant_id),
        policy=policy,
        callback_uri=callback_uri,
        more={"applicationMetadata": {"botData": policy.bot_data}},
    )
    call = ring_bot(platform, ring)
    call.me.hidden = True
    call.hooks.established.append(lambda: roster.arrive(platform, call))
    call.hooks.established.append(lambda: actors.behave(platform, call, observed))
    call.hooks.end.append(lambda: roster.leave(platform, conversation, call.me, "Left"))
    return call


def somebody_joins(platform: Platform, call: Call, person: Person) -> None:
    """Let another person under the same policy join; the bot's answer says who records them.

    A bot whose capacity is used up is not asked: another call is made to it.
    """
    participant = Participant(identity=person.identity, person=person)
    if call.policy is None or call.policy.taken >= call.policy.capacity:
        roster.join(platform, call.conversation, participant)
        ring_recorder(platform, call.conversation, participant, call.app)
        return
    data = typed(
        "participantJoiningNotification",
        {"call": typed("call", {"id": call.id, "participants": [roster_entry(participant)]})},
    )
    notify.policy(platform, call, data, lambda answer: _decide(platform, call, participant, answer))


def somebody_leaves(platform: Platform, call: Call, participant: Participant) -> None:
    """Let somebody leave whom the bot has taken in, and tell it."""
    roster.leave(platform, call.conversation, participant, "Left")
    shown = {key: value for key, value in call_document(call).items() if value is not None}
    data = {"participantId": participant.id, "call": shown}
    notify.policy(platform, call, typed("participantLeftNotification", data))


def _decide(platform: Platform, call: Call, participant: Participant, answer: Answer) -> None:
    """Do what the bot has answered to the joining question."""
    decision = _read(answer)
    kind = str(decision.get("@odata.type", "")).rpartition(".")[2]
    note: JsonObject = {"decision": kind or None, "participant": participant.id}
    if call.over:
        return
    if kind == "acceptJoinResponse":
        if call.policy is not None:
            call.policy.taken += 1
        roster.join(platform, call.conversation, participant)
        actors.behave(platform, call, participant)
    elif kind == "inviteNewBotResponse" and isinstance(decision.get("inviteUri"), str):
        roster.join(platform, call.conversation, participant)
        uri = str(decision["inviteUri"])
        note["call"] = ring_recorder(platform, call.conversation, participant, call.app, uri).id
    elif kind == "rejectJoinResponse":
        note["reason"] = decision.get("reason")
    else:
        note["code"] = NO_ANSWER if answer.status is None else INVALID_ANSWER
    platform.journal.add(NoteEntry, call=call.id, what="participant joining", data=note)


def _read(answer: Answer) -> JsonObject:
    if not answer.accepted:
        return {}
    try:
        value = json.loads(answer.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _bot_data(
    conversation: Conversation, observed: Participant, app: AppRegistration, tenant_id: str
) -> JsonObject:
    others = [one for one in conversation.people() if one is not observed]
    return {
        "mediaHostedRegion": "emea",
        "callId": conversation.chain_id,
        "user": {
            "id": observed.person.id if observed.person else observed.id,
            "participantId": observed.id,
            "participationMethod": "Voip",
            "clientLocation": "emea",
            "policyHolderId": observed.person.id if observed.person else None,
            "policyHolderTenantId": tenant_id,
        },
        "otherSideUser": None
        if not others or others[0].person is None
        else {
            "id": others[0].person.id,
            "participantId": others[0].id,
            "tenantId": others[0].person.tenant_id,
            "onBehalfOf": None,
            "participationMethod": "Voip",
            "clientLocation": "emea",
        },
        "inviteReasons": ["PolicyBasedRecording"],
        "policyIdentifier": app.app_id,
        "pairedRecorders": [],
        "otherRecorders": [],
    }
