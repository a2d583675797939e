"""Keeping what was notified: what all calls repeat is kept once for all of them, words and whole objects.

Every notification brings its own copy of every key; a million calls would keep a million of each, and of the
bot itself, which most of them are for.

Not with `sys.intern`: from Python 3.12 on what it has seen once stays for ever, and whoever sends callbacks
could invent words until the memory is full.
"""

from collections.abc import Mapping
from marshal import dumps

_MOST = 4_096  # words: the wire has some hundred, the rest are regions and tenants
_LONGEST = 256  # characters of a word
_MOST_OBJECTS = 1_024  # the bot as it is called, by application and region, and some states of media
_LARGEST = 1_024  # bytes of an object as it is written
_BY_VALUE = 2  # the last format of marshal in which equal objects are written alike, wherever they come from
_NESTED = (dict, list)

_REPEATED = frozenset(  # keys whose values many calls share
    {
        "@odata.type",
        "application",
        "applicationInstance",
        "audio",
        "callbackUri",
        "countryCode",
        "direction",
        "endpointType",
        "identityProvider",
        "languageId",
        "mediaState",
        "region",
        "requestedModalities",
        "state",
        "targets",
        "tenantId",
        "tone",
    }
)

_BOTS = frozenset({"application", "applicationInstance"})  # keys of identities that are nobody's own
_OF_BOTS = frozenset({"@odata.type", "displayName", "id", "identityProvider", "tenantId"})  # what those say
_LISTED = frozenset({"requestedModalities"})  # keys of lists of such words


class _Words(dict[str, str]):
    """Gives for a word the one that all share. Once it is full a new word is kept as it comes."""

    def __missing__(self, word: str) -> str:
        if len(self) < _MOST and len(word) <= _LONGEST:
            self[word] = word
        return word


_shared = _Words()
_objects: dict[bytes, object] = {}  # JSON objects and lists that all share, by their value: 1 is not True


def packed(document: Mapping[str, object]) -> dict[str, object]:
    """Return an equal JSON object that shares with those of other calls what it can: it must not be changed.

    For a call that comes to rest: packing takes longer than merging, and a passing state does not last.
    """
    return _object(document, whole=True)


def _object(document: Mapping[str, object], *, whole: bool) -> dict[str, object]:
    """Pack an object; `whole` is whether what calls have alike in it may be one for all of them."""
    found: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, str):
            found[_shared[key]] = _shared[str(value)] if key in _REPEATED else value
        else:
            found[_shared[key]] = (
                _alike(key, value) if whole and key in _REPEATED else _packed(value, whole=whole)
            )
    return found


def _packed(value: object, *, whole: bool) -> object:
    if isinstance(value, dict):
        return _object(value, whole=whole)
    if isinstance(value, list):
        return [_shared[str(one)] if isinstance(one, str) else _packed(one, whole=whole) for one in value]
    return value


def _alike(key: str, value: object) -> object:
    """Pack a value that many calls have alike; where it is about nobody, they all share the first one."""
    if not isinstance(value, _NESTED):
        return value
    try:
        written = dumps(value, _BY_VALUE)
    except ValueError:  # it is not as JSON is read
        return _packed(value, whole=True)
    if len(written) > _LARGEST:
        return _packed(value, whole=False)  # to write out each of its parts again would take for ever
    known = _objects.get(written)
    if known is not None:
        return known
    found = _packed(value, whole=True)
    if len(_objects) < _MOST_OBJECTS and _is_common(key, value):
        _objects[written] = found
    return found


def _is_common(key: str, value: object) -> bool:
    """Whether it belongs to no call and to no person, whom nobody may remember when the call is over."""
    if isinstance(value, str):
        return key in _REPEATED
    if isinstance(value, list):
        return all(_is_common(key, one) and (key in _LISTED or isinstance(one, dict)) for one in value)
    if isinstance(value, dict):
        if key in _BOTS:
            return all(inner in _OF_BOTS and not isinstance(one, _NESTED) for inner, one in value.items())
        return all(_is_common(inner, one) for inner, one in value.items())
    return value is None or isinstance(value, bool)
