"""The callbacks of made-up calls, as the platform sends them, and the HTTP requests that carry them."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.stage import APP_ID, CALLBACK_PATH, TENANTS

Json = dict[str, object]
Body = Callable[["Step"], bytes]


class Step(NamedTuple):
    """One callback of one call. `key` is what its handler can be recognised by."""

    call_id: str
    tenant: int
    name: str
    notification: Json

    @property
    def key(self) -> str:
        """Name the callback."""
        return f"{self.call_id} {self.name}"


def life(number: int, generation: int, tones: int = 1) -> list[Step]:
    """Return a whole call in callbacks that are all news: it rings, is answered, hears tones, and ends."""
    call_id, tenant = _ids(number, generation)
    steps = established(number, generation)
    for tone in range(1, tones + 1):
        steps.append(tone_pressed(call_id, tenant, tone))
    result = {
        "@odata.type": "#microsoft.graph.resultInfo",
        "code": 200,
        "subcode": 5002,
        "message": "The conversation has ended. DiagCode: 0#5002.@",
    }
    end = _call(call_id, state="terminated", resultInfo=result)
    steps.append(Step(call_id, tenant, "terminated", _notification("deleted", call_id, end)))
    return steps


def established(number: int, generation: int) -> list[Step]:
    """Return the callbacks of a call until it is answered."""
    call_id, tenant = _ids(number, generation)
    updates = [
        ("incoming", "created", _incoming(call_id, TENANTS[tenant])),
        ("establishing", "updated", _call(call_id, state="establishing")),
        ("established", "updated", _call(call_id, state="established", direction="incoming")),
    ]
    return [
        Step(call_id, tenant, name, _notification(change, call_id, data)) for name, change, data in updates
    ]


def audio(number: int, generation: int) -> Step:
    """Return the callback that says that audio flows."""
    call_id, tenant = _ids(number, generation)
    state = {"@odata.type": "#microsoft.graph.callMediaState", "audio": "active"}
    data = _call(call_id, state="established", mediaState=state)
    return Step(call_id, tenant, "audio", _notification("updated", call_id, data))


def tone_pressed(call_id: str, tenant: int, sequence_id: int) -> Step:
    """Return the callback for a key that somebody pressed."""
    info = {"@odata.type": "#microsoft.graph.toneInfo", "sequenceId": sequence_id, "tone": "tone4"}
    data = _call(call_id, state="established", toneInfo=info)
    return Step(call_id, tenant, f"tone {sequence_id}", _notification("updated", call_id, data))


def call_id_of(number: int, generation: int) -> str:
    """Return the id of a made-up call."""
    return _ids(number, generation)[0]


def envelope(step: Step) -> bytes:
    """Return the body of the callback."""
    document = {"@odata.type": "#microsoft.graph.commsNotifications", "value": [step.notification]}
    return json.dumps(document, separators=(",", ":")).encode()


def headers(step: Step, body: bytes, token: str) -> dict[str, str]:
    """Return the headers the platform sends with `body`."""
    return {
        "Host": "bot.example.com",
        "User-Agent": "Microsoft-Skype/3.0,(Calling/1.0)",
        "Accept": "application/json",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json; charset=utf-8",
        "X-Microsoft-Skype-Chain-ID": _chain(step.call_id),
        "X-Microsoft-Skype-Message-ID": str(uuid.uuid5(uuid.NAMESPACE_OID, step.key)),
        "Scenario-Id": step.key.replace(" ", "_"),
        "Content-Length": str(len(body)),
    }


def request(step: Step, tokens: Sequence[str], body_of: Body = envelope, **more: str) -> bytes:
    """Return the callback as the bytes of an HTTP request."""
    body = body_of(step)
    fields: Mapping[str, str] = {**headers(step, body, tokens[step.tenant]), **more}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {CALLBACK_PATH} HTTP/1.1\r\n{head}\r\n".encode() + body


def lives(calls: int, generation: int) -> Iterator[list[Step]]:
    """Yield so many calls; another generation has other ids."""
    return (life(number, generation) for number in range(calls))


def _ids(number: int, generation: int) -> tuple[str, int]:
    return f"0c1f{generation:04x}-5d3e-4a6b-9c1d-{number:012x}", number % len(TENANTS)


def _chain(call_id: str) -> str:
    return f"f2a4{call_id[4:]}"


def _call(call_id: str, **fields: object) -> Json:
    return {"@odata.type": "#microsoft.graph.call", **fields, "callChainId": _chain(call_id)}


def _notification(change: str, call_id: str, data: Json) -> Json:
    return {
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": change,
        "resource": f"/app/calls/{call_id}",
        "resourceUrl": f"/communications/calls/{call_id}",
        "resourceData": data,
    }


def _incoming(call_id: str, tenant: str) -> Json:
    user = {
        "@odata.type": "#microsoft.graph.identity",
        "id": "b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11",
        "displayName": "Ana",
        "tenantId": tenant,
        "identityProvider": "AAD",
    }
    bot = {"@odata.type": "#microsoft.graph.identity", "id": APP_ID, "displayName": "Greeter"}
    return _call(
        call_id,
        state="incoming",
        direction="incoming",
        callbackUri="https://bot.example.com/api/calls",
        source={
            "@odata.type": "#microsoft.graph.participantInfo",
            "identity": {"@odata.type": "#microsoft.graph.identitySet", "user": user},
            "endpointType": "default",
            "region": "emea",
            "languageId": "en-US",
        },
        targets=[
            {
                "@odata.type": "#microsoft.graph.invitationParticipantInfo",
                "identity": {"@odata.type": "#microsoft.graph.identitySet", "application": bot},
            }
        ],
        requestedModalities=["audio"],
        tenantId=tenant,
        incomingContext={
            "@odata.type": "#microsoft.graph.incomingContext",
            "sourceParticipantId": "3e6a1a0f-7f3a-4f39-8a0b-2d1c0b9a8f7e",
        },
    )


def call_document(call_id: str) -> Json:
    """Return an established call as Graph answers a read."""
    document = _incoming(call_id, TENANTS[0])
    return {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#app/calls/$entity",
        "id": call_id,
        **document,
        "state": "established",
        "mediaState": {"@odata.type": "#microsoft.graph.callMediaState", "audio": "active"},
        "myParticipantId": "e5a1d2c3-7f3a-4f39-8a0b-2d1c0b9a8f7e",
    }
