"""A participant as rosters and `GET .../participants` show them.

https://learn.microsoft.com/graph/api/resources/participant
"""

from callbot.emulator.calls.conversation import Participant
from callbot.emulator.wire import JsonObject, typed, with_nulls

_GLOBAL_ONLY = ("metadata", "removedState", "restrictedExperience", "rosterSequenceNumber")


def roster_entry(participant: Participant) -> JsonObject:
    """Return a participant as a notification carries them: without nulls."""
    entry = typed(
        "participant",
        {
            "id": participant.id,
            "info": typed(
                "participantInfo",
                {"identity": participant.identity, "endpointType": "default", "languageId": "en-US"},
            ),
            "mediaStreams": _streams(participant),
            "isMuted": participant.muted,
            "isInLobby": participant.in_lobby,
            "publishedStates": [],
            "meetingRole": "none",
        },
    )
    recording = _recording(participant)
    return entry if recording is None else {**entry, "recordingInfo": recording}


def participant_document(participant: Participant, sequence: int, *, global_cloud: bool) -> JsonObject:
    """Return a participant as REST answers show them: nulls spelled out, less in other clouds."""
    info = typed(
        "participantInfo",
        {
            "identity": with_nulls(participant.identity),
            "countryCode": None,
            "endpointType": "default",
            "languageId": "en-US",
            "participantId": None,
            "region": None,
        },
    )
    document: JsonObject = {
        **roster_entry(participant),
        "info": info,
        "recordingInfo": _recording(participant),
        "metadata": None,
        "removedState": None,
        "restrictedExperience": None,
        "rosterSequenceNumber": sequence,
    }
    if not global_cloud:
        for key in _GLOBAL_ONLY:
            del document[key]
    return document


def _streams(participant: Participant) -> list[JsonObject]:
    if participant.in_lobby:
        return []
    receives = participant.hears_music
    streams = [_stream("audio", "main-audio", 1, "receiveOnly" if receives else "sendReceive", participant)]
    if participant.sharing:
        label = "applicationsharing-video"
        streams.append(_stream("videoBasedScreenSharing", label, 2, "sendOnly", participant))
    return streams


def _stream(kind: str, label: str, source: int, direction: str, participant: Participant) -> JsonObject:
    return typed(
        "mediaStream",
        {
            "mediaType": kind,
            "label": label,
            "sourceId": str(int(participant.id.replace("-", "")[:6], 16) * 10 + source),
            "direction": direction,
            "serverMuted": participant.muted and kind == "audio",
        },
    )


def _recording(participant: Participant) -> JsonObject | None:
    if participant.recording is None:
        return None
    status = {"recordingStatus": participant.recording, "initiator": participant.recorded_by}
    return typed("recordingInfo", status)
