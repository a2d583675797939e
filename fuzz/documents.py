"""Callbacks as the wire has them, and what becomes of them when bytes decide.

The shapes are the platform's; ids and names are made up.
"""

import copy
import json

from fuzz.dice import Dice

APP = "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
TENANT = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"
CALL = "0c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a01"
PATH = f"/communications/calls/{CALL}"
GRAPH = "#microsoft.graph"

STATES = (
    *("incoming", "establishing", "ringing", "established", "hold", "transferring", "transferAccepted"),
    *("redirecting", "terminating", "terminated", "unknownFutureValue", "", "Established", "neverHeardOf"),
)
CHANGES = ("created", "updated", "deleted", "Deleted", "", "vanished")
PATHS = (
    *(
        "",
        "/participants",
        "/operations/0f1a",
        "/contentSharingSessions/1",
        "/participants/p-1",
        "/audioRoutingGroups",
    ),
    *("/operations", "//", "/../x", "/operations/0f1a/../../x", "/what/is/this", "?x=y", "#x", "('1')"),
)
ODD: tuple[object, ...] = (
    *(None, True, 0, 1, -1, 2**63 - 1, -(2**63), 10**19, 1.5, -0.0, 1e308, "", " ", "x", "1", "٣", "²"),
    *("\0", "\n", "é", "\N{MUSICAL SYMBOL G CLEF}", "../..", "https://[::1", "a" * 300, "9" * 19, "9" * 30),
    *([], {}, [[]], [{}], {"": {}}, {"id": {}}, [None, 1, "x", {"id": "x"}], {"@odata.type": 5}),
)


def _identity(number: int) -> dict[str, object]:
    user = {
        "@odata.type": f"{GRAPH}.identity",
        "id": f"user-{number}",
        "displayName": "Ana",
        "tenantId": TENANT,
    }
    return {"@odata.type": f"{GRAPH}.identitySet", "user": user}


def _participant(number: int) -> dict[str, object]:
    return {
        "@odata.type": f"{GRAPH}.participant",
        "id": f"p-{number}",
        "info": {"identity": _identity(number), "endpointType": "default", "languageId": "en-US"},
        "mediaStreams": [
            {"mediaType": "audio", "sourceId": "1", "direction": "sendReceive", "serverMuted": False}
        ],
        "isMuted": False,
        "isInLobby": False,
        "recordingInfo": {"recordingStatus": "recording", "initiator": _identity(number)},
    }


def _call(**more: object) -> dict[str, object]:
    return {"@odata.type": f"{GRAPH}.call", "callChainId": "chain", "tenantId": TENANT, **more}


DATA: tuple[object, ...] = (
    _call(state="incoming", direction="incoming", source={"identity": _identity(1)}, targets=[_identity(2)]),
    _call(state="establishing"),
    _call(state="established", direction="incoming"),
    _call(state="established", mediaState={"audio": "active"}, transcription={"state": "inProgress"}),
    _call(state="established", toneInfo={"sequenceId": 1, "tone": "tone4"}),
    _call(state="established", toneInfo={"sequenceId": "5", "tone": "pound"}),
    _call(state="established", resultInfo={"code": 500, "subcode": 7009, "message": "The transfer failed."}),
    _call(state="terminated", resultInfo={"code": 200, "subcode": 5002, "message": "DiagCode: 0#5002.@"}),
    [_participant(1), _participant(2)],
    [_participant(2)],
    [{"@odata.type": f"{GRAPH}.contentSharingSession", "id": "1"}],
    {
        "@odata.type": f"{GRAPH}.playPromptOperation",
        "id": "0f1a",
        "status": "completed",
        "clientContext": "c-1",
        "resultInfo": {"code": 200, "subcode": 0, "message": "done"},
        "prompts": [{"mediaInfo": {"uri": "https://bot.example.com/prompts/x.wav", "resourceId": "x"}}],
    },
    {
        "@odata.type": f"{GRAPH}.participantJoiningNotification",
        "call": _call(id=CALL, state="established"),
    },
    {"@odata.type": f"{GRAPH}.participantLeftNotification", "participantId": "p-1", "call": {"id": CALL}},
)


def envelope(dice: Dice) -> dict[str, object]:
    """Return a callback of a few notifications, right or twisted."""
    items = [_notification(dice) for _ in range(1 + dice.below(4))]
    document: dict[str, object] = {"@odata.type": f"{GRAPH}.commsNotifications", "value": items}
    return document if not dice.chance(8) else _twisted(document, dice)


def call_document(dice: Dice) -> dict[str, object]:
    """Return a call as a read would give it, right or twisted."""
    found = {"id": CALL, **_call(state=dice.choice(STATES)), "mediaState": {"audio": "inactive"}}
    return _twisted(found, dice) if dice.chance(4) else found


def data(dice: Dice) -> object:
    """Return what a notification may carry, right or twisted."""
    found: object = copy.deepcopy(dice.choice(DATA))
    if isinstance(found, dict) and "state" in found and dice.chance(2):
        found["state"] = dice.choice(STATES)
    for _ in range(dice.below(4)):
        found = _twist(found, dice)
    return found


def written(document: object, dice: Dice) -> bytes:
    """Return a document as bytes: in some charset, and perhaps damaged on the way."""
    text = json.dumps(document, ensure_ascii=dice.chance(2))
    content = bytearray(
        text.encode(dice.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")), "replace")
    )
    for _ in range(dice.below(3)):
        place = (dice.below(256) * 256 + dice.below(256)) % max(1, len(content))
        content[place : place + dice.below(4)] = dice.take(dice.below(5))
    return bytes(content)


def _notification(dice: Dice) -> object:
    path = PATH + dice.choice(PATHS)
    found: dict[str, object] = {
        "@odata.type": f"{GRAPH}.commsNotification",
        "changeType": dice.choice(CHANGES),
        "resource": path.replace("/communications", "/app"),
        "resourceUrl": path,
        "resourceData": data(dice),
    }
    return _twist(found, dice) if dice.chance(4) else found


def _twisted(document: dict[str, object], dice: Dice) -> dict[str, object]:
    found = _twist(document, dice)
    return found if isinstance(found, dict) else document


def _twist(value: object, dice: Dice) -> object:
    """Return `value` with one thing in it changed, somewhere."""
    if isinstance(value, dict) and value and not dice.chance(6):
        return _twist_object(value, dice)
    if isinstance(value, list) and value and not dice.chance(6):
        place = dice.below(min(len(value), 256))
        return [*value[:place], _twist(value[place], dice), *value[place + dice.below(2) :]]
    return copy.deepcopy(dice.choice(ODD))


def _twist_object(value: dict[str, object], dice: Dice) -> dict[str, object]:
    name = dice.choice(list(value)[:256])
    others = {key: one for key, one in value.items() if key != name}
    match dice.below(4):
        case 0:
            return others
        case 1:
            return {**others, name.upper(): value[name]}
        case 2:
            return {**value, name: copy.deepcopy(dice.choice(ODD))}
        case _:
            return {**value, name: _twist(value[name], dice)}
