"""A call as `GET /communications/calls/{id}` shows it: everything, with nulls spelled out.

https://learn.microsoft.com/graph/api/call-get
"""

from collections.abc import Mapping

from callbot.emulator.calls.call import CONNECTED, Call
from callbot.emulator.calls.operation import outcome_json
from callbot.emulator.wire import JsonObject, typed, with_nulls


def call_document(call: Call) -> JsonObject:
    """Return the full call resource, without its `@odata.context`."""
    return typed(
        "call",
        {
            "id": call.id,
            "state": None if call.state is None else str(call.state),
            "direction": str(call.direction),
            "callbackUri": call.callback_uri,
            "callChainId": call.chain_id,
            "callOptions": call.call_options,
            "callRoutes": call.call_routes,
            "chatInfo": call.chat_info,
            "incomingContext": call.incoming_context,
            "mediaConfig": call.media_config,
            "mediaState": _media_state(call),
            "meetingCapability": None,
            "meetingInfo": call.meeting_info,
            "myParticipantId": call.me.id,
            "activeModalities": [],
            "requestedModalities": call.modalities,
            "resultInfo": outcome_json(call.result),
            "ringingTimeoutInSeconds": call.ringing_timeout,
            "routingPolicies": [],
            "source": _spelled_out(call.source),
            "subject": call.subject,
            "targets": [_spelled_out(target) for target in call.targets],
            "tenantId": call.tenant_id,
            "terminationReason": None,
            "toneInfo": None,
            "transcription": call.transcription,
            "answeredBy": call.answered_by,
        },
    )


def stale_document(call: Call) -> JsonObject:
    """Return the call as it was before its last change of state; as it is when it never had another."""
    document = call_document(call)
    old = call.transitions[-1].old if call.transitions else None
    if old is None:
        return document
    audio = typed("callMediaState", {"audio": "inactive"})
    connected = old in {str(state) for state in CONNECTED}
    return {**document, "state": old, "resultInfo": None, "mediaState": audio if connected else None}


def _media_state(call: Call) -> JsonObject | None:
    if not call.connected:
        return None
    return typed("callMediaState", {"audio": "active" if call.audio_active else "inactive"})


def _spelled_out(info: object) -> object:
    """Return a participantInfo with the nulls that REST answers have."""
    if not isinstance(info, Mapping):
        return info
    identity = info.get("identity")
    return {
        "region": None,
        "languageId": None,
        **info,
        "identity": with_nulls(identity) if isinstance(identity, Mapping) else identity,
    }
