"""Keeping what was notified: the words that all calls repeat are kept once for all of them.

Every notification brings its own copy of every key; a million calls would keep a million of each.
"""

from collections.abc import Mapping
from sys import intern

_REPEATED = frozenset(  # keys whose values many calls share
    {
        "@odata.type",
        "callbackUri",
        "countryCode",
        "direction",
        "endpointType",
        "identityProvider",
        "languageId",
        "region",
        "state",
        "tenantId",
    }
)


def packed(document: Mapping[str, object]) -> dict[str, object]:
    """Return an equal JSON object that shares with those of other calls what it can.

    For a call that comes to rest: packing takes longer than merging, and a passing state does not last.
    """
    found: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, str):
            found[intern(key)] = intern(str(value)) if key in _REPEATED else value
        else:
            found[intern(key)] = _packed(value)
    return found


def _packed(value: object) -> object:
    if isinstance(value, dict):
        return packed(value)
    if isinstance(value, list):
        return [intern(str(one)) if isinstance(one, str) else _packed(one) for one in value]  # modalities
    return value
