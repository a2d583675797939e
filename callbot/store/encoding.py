"""Records and notifications as JSON text and back, without loss.

The text says what it is: `{"format": 1, ...fields}`, a change with its `kind`. A field at its default is not
written, and one that is missing takes its default: so a later version may add fields to `Record` and still
read what an earlier one wrote. What an earlier version does not know (a later format, a field, a kind of
change) it refuses to read, and says so: to drop it unseen would lose it with the next write.
"""

import json
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

from callbot.errors import StoreError, UnfitRecord
from callbot.model import Resource, ResourcePath
from callbot.state import Change, Notified, Record, Retreat
from callbot.state.keeping import packed

FORMAT = 1
"""Rises when a field changes its meaning or its default; not for a new field, or a new kind of change."""

Decode = Callable[[object], object]


class DamagedDocument(StoreError):
    """What a store has kept cannot be read any more, by no version of callbot."""


class NewerDocument(StoreError):
    """A later callbot has written it, and will read it."""


_TUPLES = (Record, Retreat, ResourcePath, Notified, *get_args(Change))  # with names
_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Change)}


def encode(value: Record | Notified) -> str:
    """Return `value` as JSON in ASCII. Raises `UnfitRecord` for what no JSON document can hold."""
    try:
        return _write({"format": FORMAT, **_fields_of(value)})
    except (TypeError, ValueError, RecursionError) as error:
        raise UnfitRecord(f"a {type(value).__name__} cannot be written as JSON: {error}") from error


def decode_record(text: str | bytes) -> Record:
    """Return the record that `text` holds; its document shares what calls have alike.

    Raises `DamagedDocument` when it is damaged, `NewerDocument` when it is of a later callbot.
    """
    value = _decode(Record, text)
    assert isinstance(value, Record)  # noqa: S101 - what was made of its fields; for the type checker
    return value


def decode_notified(text: str | bytes) -> Notified:
    """Return the notification that `text` holds; raises as `decode_record` does."""
    value = _decode(Notified, text)
    assert isinstance(value, Notified)  # noqa: S101 - as above
    return value


def _decode(kind: type, text: str | bytes) -> object:
    try:
        document = _read(text if isinstance(text, str) else text.decode())
        _check_format(document.pop("format", None))
        value = _decoder(kind)(document)
        return value._replace(resource=packed(value.resource)) if isinstance(value, Record) else value
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedDocument(f"a stored {kind.__name__} is damaged: {type(error).__name__}") from error


def _check_format(found: object) -> None:
    if not isinstance(found, int):
        raise TypeError
    if found > FORMAT:
        raise _newer(f"format {found} (this one reads up to {FORMAT})")


def _newer(what: str) -> NewerDocument:
    return NewerDocument(
        f"the store was written by a newer callbot: {what}. Run that version, or a later one"
    )


def _plain(value: object) -> object:
    """What JSON has no word for, in words it has."""
    match value:
        case Resource():
            return value.to_wire()
        case frozenset():
            return sorted(value)
        case Mapping():
            return dict(value)
    kind = type(value)
    document = _fields_of(value)
    return {"kind": kind.__name__, **document} if _KINDS.get(kind.__name__) is kind else document


def _fields_of(value: object) -> dict[str, object]:
    """The fields of `value` by name, but for those that say what reading takes them for anyhow."""
    kind: type = type(value)
    defaults = _defaults(kind)
    found: dict[str, object] = {}
    for name in _names(kind):
        one = getattr(value, name)
        if name not in defaults or one != defaults[name]:
            found[name] = _named(one)
    return found


def _named(value: object) -> object:
    """A tuple with names by its names: JSON would make a list of it, which no new field survives."""
    if isinstance(value, _TUPLES):
        return _plain(value)
    return [_named(one) for one in value] if isinstance(value, tuple) else value


_read = json.JSONDecoder().decode
_write = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


@cache
def _names(kind: type) -> tuple[str, ...]:
    if kind not in _TUPLES:
        raise TypeError(f"{kind.__name__} is nothing that is stored")
    return tuple(kind.__annotations__)


@cache
def _decoder(annotation: object) -> Decode:
    """Return what reads a value of `annotation` out of plain JSON."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation == Change:
        return _change
    if origin in (Union, UnionType) and NoneType in arguments:
        return _optional(next(one for one in arguments if one is not NoneType))
    if origin in (tuple, frozenset):
        return _collection(origin, arguments[0])
    return _decoder_of_type(annotation) if isinstance(annotation, type) else _as_is


def _decoder_of_type(annotation: type) -> Decode:
    if issubclass(annotation, Enum):
        return annotation
    if issubclass(annotation, Resource):
        return lambda value: annotation.view(_mapping(value))
    if annotation in _TUPLES:
        return _made_of_fields(annotation)
    return _as_is


def _as_is(value: object) -> object:
    return value


def _optional(annotation: object) -> Decode:
    read = _decoder(annotation)
    return lambda value: None if value is None else read(value)


def _collection(kind: type[tuple[object, ...]] | type[frozenset[object]], item: object) -> Decode:
    read = _decoder(item)

    def read_all(value: object) -> object:
        if not isinstance(value, list):
            raise TypeError
        return kind(map(read, value))

    return read_all


def _made_of_fields(kind: type) -> Decode:
    """Read a tuple with names by the names of its fields."""
    annotations, defaults = kind.__annotations__, _defaults(kind)
    required = annotations.keys() - defaults.keys()
    read = {
        name: one for name, annotation in annotations.items() if (one := _decoder(annotation)) is not _as_is
    }
    in_order = {name: defaults.get(name) for name in annotations}

    def read_fields(value: object) -> object:
        document = _mapping(value)
        made = {**in_order, **document}
        if len(made) > len(in_order):
            unknown = sorted(document.keys() - annotations.keys())
            raise _newer(f"{kind.__name__} has {', '.join(unknown)}")
        if not required <= document.keys():
            raise KeyError
        for name, one in read.items():
            if name in document:
                made[name] = one(document[name])
        return kind(*made.values())  # by place: names would be compared letter by letter

    return read_fields


@cache
def _defaults(kind: type) -> Mapping[str, object]:
    """Return what the fields are that need not be given."""
    found: dict[str, object] = getattr(kind, "_field_defaults", {})
    return found


def _change(value: object) -> object:
    document = dict(_mapping(value))
    name = document.pop("kind")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _newer(f"a change of the kind {name}")
    return _decoder(kind)(document)


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value
