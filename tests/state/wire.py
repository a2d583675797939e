"""What the wire says of one call, as observations."""

from collections.abc import Mapping

from callbot.model import ChangeType, ResourcePath
from callbot.state import Created, Gone, Notified, Read

CALL_ID = "0c1f0a00-5d3e-4a6b-9c1d-2f7b6d1e8a01"
APP_ID = "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
TENANT_ID = "7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b10"
PATH = f"/communications/calls/{CALL_ID}"
SUCCESS = {"code": 200, "subcode": 0, "message": "done"}


def notified(data: object, *, path: str = PATH, change: str = "updated", at: float = 100.0) -> Notified:
    return Notified(
        at=at,
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        call_id=CALL_ID,
        path=ResourcePath.parse(path),
        change_type=ChangeType(change),
        data=data,
    )


def state(name: str, *, at: float = 100.0, **more: object) -> Notified:
    change = "created" if name == "incoming" else "deleted" if name == "terminated" else "updated"
    return notified({"@odata.type": "#microsoft.graph.call", "state": name, **more}, change=change, at=at)


def tone(number: object, name: str = "tone1", *, at: float = 100.0) -> Notified:
    return state("established", toneInfo={"sequenceId": number, "tone": name}, at=at)


def operation(
    identifier: str | None,
    *,
    status: str = "completed",
    context: str | None = None,
    change: str = "deleted",
    path: str | None = None,
) -> Notified:
    data: dict[str, object] = {
        "@odata.type": "#microsoft.graph.playPromptOperation",
        "id": identifier,
        "status": status,
        "clientContext": context,
        "resultInfo": SUCCESS,
    }
    return notified(data, path=f"{PATH}/operations/{path or identifier}", change=change)


def person(identifier: str, **more: object) -> dict[str, object]:
    return {"@odata.type": "#microsoft.graph.participant", "id": identifier, "isMuted": False, **more}


def roster(*people: Mapping[str, object], at: float = 100.0) -> Notified:
    return notified(list(people), path=f"{PATH}/participants", at=at)


def read(name: str | None, *, asked_at: float = 150.0, at: float = 151.0, **more: object) -> Read:
    return Read(at=at, asked_at=asked_at, resource={"id": CALL_ID, "state": name, "toneInfo": None, **more})


def created(name: str = "establishing", *, at: float = 100.0) -> Created:
    return Created(at, APP_ID, TENANT_ID, CALL_ID, {"id": CALL_ID, "state": name, "direction": "outgoing"})


def gone(at: float = 200.0) -> Gone:
    return Gone(at)
