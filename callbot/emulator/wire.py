"""The vocabulary of JSON the emulator speaks: small builders for the shapes that occur everywhere.

https://learn.microsoft.com/graph/api/resources/communications-api-overview
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]

IDENTITY_KINDS = (
    "application",
    "applicationInstance",
    "assertedIdentity",
    "azureCommunicationServicesUser",
    "device",
    "encrypted",
    "guest",
    "onPremises",
    "phone",
    "user",
)
_SECRET_KEYS = frozenset(
    {"token", "recordingaccesstoken", "passcode", "blob", "client_secret", "client_assertion", "access_token"}
)


def typed(name: str, fields: Mapping[str, object] | None = None) -> JsonObject:
    """Return `fields` as a resource of the Graph type `name` (without its namespace)."""
    return {"@odata.type": f"#microsoft.graph.{name}", **(fields or {})}


def identity_set(**identities: Mapping[str, object]) -> JsonObject:
    """Return an identitySet; each keyword is a kind (`user`, `phone`...) and its identity's fields."""
    return typed("identitySet", {kind: typed("identity", who) for kind, who in identities.items()})


def result_info(code: int, subcode: int, message: str) -> JsonObject:
    """Return a resultInfo."""
    return typed("resultInfo", {"code": code, "subcode": subcode, "message": message})


def who_is(identity: object) -> tuple[str, JsonObject] | None:
    """Return the kind and the fields of the one identity in an identitySet, or None when it names nobody."""
    if not isinstance(identity, Mapping):
        return None
    for kind in IDENTITY_KINDS:
        fields = identity.get(kind)
        if isinstance(fields, Mapping) and fields.get("id"):
            return kind, dict(fields)
    return None


def identity_key(identity: object) -> str:
    """Return a text that is equal for two identitySets of the same person, whatever else they carry."""
    found = who_is(identity)
    return f"{found[0]}:{str(found[1]['id']).lower()}" if found else ""


def with_nulls(identity: Mapping[str, object]) -> JsonObject:
    """Return an identitySet as REST answers spell it: every kind there, the unused ones null."""
    known: JsonObject = dict.fromkeys(("application", "device", "user"))
    return {**known, **identity}


def redacted(value: object) -> object:
    """Return a copy of a JSON value without the secrets it carries: for the log."""
    if isinstance(value, Mapping):
        return {
            key: "(redacted)" if str(key).lower() in _SECRET_KEYS and item is not None else redacted(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def selected(document: JsonObject, names: Iterable[str]) -> JsonObject:
    """Return what `$select` leaves of a document: the named properties and the annotations."""
    wanted = {name.strip().lower() for name in names}
    return {key: value for key, value in document.items() if key.startswith("@") or key.lower() in wanted}
