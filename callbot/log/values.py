"""Values of every kind as the log may show them: without people and tokens, and not too much of them.

An object is shown by its fields, since its own way to show itself would show names. The name of a field often
tells what the text cannot: that this word is somebody's name, or this id a user's.
"""

import dataclasses
from collections import deque
from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from callbot.log.people import Scrub, is_of_person, person, word

_DEEPEST = 8
_MOST = 500  # values within a value
_LEFT_OUT = "…"

Fields = Iterable[tuple[object, object]]


@runtime_checkable
class _Wired(Protocol):
    """A resource of Graph, which is a document."""

    def to_wire(self) -> object: ...


def without_people(value: object, scrub: Scrub) -> object:
    """Return a value as it may be written: texts, numbers, and lists and mappings of them."""
    return _Look(scrub).at(value)


class _Look:
    """One look through a value."""

    def __init__(self, scrub: Scrub) -> None:
        self._scrub = scrub
        self._left = _MOST

    def at(self, value: object, inside: str = "", depth: int = 0) -> object:
        """Return what is shown of a value; `inside` is the word for what it is a part of."""
        self._left -= 1
        match value:
            case None | Number():
                return value
            case str():
                return self._scrub(value)
            case _ if depth >= _DEEPEST or self._left <= 0:
                return _LEFT_OUT
        try:
            return self._object(value, inside, depth)
        except Exception:  # noqa: BLE001 - whatever it does when it is looked at, the line has to be written
            return f"<{type(value).__name__}>"

    def _object(self, value: object, inside: str, depth: int) -> object:
        fields = _fields(value)
        if fields is not None:
            return self._mapping(fields, _kind(value), depth)
        match value:
            case Mapping():
                return self._mapping(value.items(), inside, depth)
            case list() | tuple() | set() | frozenset() | deque():
                return self._items(value, inside, depth)
            case BaseException():
                return self._scrub(f"{type(value).__name__}: {value}")
            case _:
                return self._text(value)

    def _mapping(self, items: Fields, inside: str, depth: int) -> dict[object, object]:
        shown: dict[object, object] = {}
        for name, value in items:
            if self._left <= 0:
                shown[_LEFT_OUT] = _LEFT_OUT
                break
            key = name if name is None or isinstance(name, Number) else self._text(name)
            what = word(name) if isinstance(name, str) else ""
            if isinstance(value, str) and value and is_of_person(what, inside):
                shown[key] = self._scrub(person(value))
            else:
                shown[key] = self.at(value, what, depth + 1)
        return shown

    def _items(self, items: Iterable[object], inside: str, depth: int) -> list[object]:
        shown: list[object] = []
        for one in items:
            if self._left <= 0:
                shown.append(_LEFT_OUT)
                break
            shown.append(self.at(one, inside, depth + 1))
        return shown

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return self._scrub(value)
        text = repr(value) if type(value).__str__ is object.__str__ else str(value)
        return self._scrub(text)


def _fields(value: object) -> Fields | None:
    """Return the fields of an object that says which it has, but for those it does not show itself."""
    match value:
        case type():
            return None
        case _Wired() if isinstance(document := value.to_wire(), Mapping):
            return document.items()
        case BaseModel():
            shown = [name for name, field in type(value).model_fields.items() if field.repr]
            extra = (value.model_extra or {}).items()
            return [*((name, getattr(value, name)) for name in shown), *extra]
        case tuple() if hasattr(value, "_fields"):
            return zip(value._fields, value, strict=False)
    if dataclasses.is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value) if field.repr]
    return None


def _kind(value: object) -> str:
    """Return the word for what an object is: a `CommunicationsUserIdentity` stands where `user` does."""
    name = type(value).__name__.removeprefix("Communications").removesuffix("Identity")
    return word(name or "user")
