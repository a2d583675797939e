"""Keeping what was notified: the words that all calls repeat are kept once for all of them.

Every notification brings its own copy of every key; a million calls would keep a million of each.
"""

from collections.abc import Mapping
from sys import intern

_NESTED = frozenset({dict, list})
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


def merged(kept_before: Mapping[str, object], news: Mapping[str, object]) -> dict[str, object]:
    """Return the JSON object with what is new in the place of what was there."""
    found = dict(kept_before)
    for key, value in news.items():
        kind = type(value)
        if kind in _NESTED:
            found[intern(key)] = kept(value)
        elif kind is str and key in _REPEATED:
            found[intern(key)] = intern(str(value))
        else:
            found[intern(key)] = value
    return found


def kept(value: object) -> object:
    """Return a JSON value as a record keeps it, equal to `value`."""
    if isinstance(value, dict):
        return merged({}, value)
    return [kept(one) for one in value] if isinstance(value, list) else value
