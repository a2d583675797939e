"""Keeping what was notified: the words that all calls repeat are kept once for all of them.

Every notification brings its own copy of every key; a million calls would keep a million of each.
"""

from sys import intern

_TYPE = "@odata.type"


def kept(value: object) -> object:
    """Return a JSON value as a record keeps it, equal to `value`."""
    if isinstance(value, dict):
        found = {intern(key): one if type(one) is str else kept(one) for key, one in value.items()}
        kind = found.get(_TYPE)
        if isinstance(kind, str):
            found[_TYPE] = intern(kind)
        return found
    return [kept(one) for one in value] if isinstance(value, list) else value
