"""Keeping what was notified: the words that all calls repeat are kept once for all of them.

Every notification brings its own copy of every key; a million calls would keep a million of each.

Not with `sys.intern`: from Python 3.12 on what it has seen once stays for ever, and whoever sends callbacks
could invent words until the memory is full.
"""

from collections.abc import Mapping

_MOST = 4_096  # words: the wire has some hundred, the rest are regions and tenants
_LONGEST = 256  # characters of a word

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


class _Words(dict[str, str]):
    """Gives for a word the one that all share. Once it is full a new word is kept as it comes."""

    def __missing__(self, word: str) -> str:
        if len(self) < _MOST and len(word) <= _LONGEST:
            self[word] = word
        return word


_shared = _Words()


def packed(document: Mapping[str, object]) -> dict[str, object]:
    """Return an equal JSON object that shares with those of other calls what it can.

    For a call that comes to rest: packing takes longer than merging, and a passing state does not last.
    """
    found: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, str):
            found[_shared[key]] = _shared[str(value)] if key in _REPEATED else value
        else:
            found[_shared[key]] = _packed(value)
    return found


def _packed(value: object) -> object:
    if isinstance(value, dict):
        return packed(value)
    if isinstance(value, list):
        return [_shared[str(one)] if isinstance(one, str) else _packed(one) for one in value]  # modalities
    return value
