"""How a typed field is read out of a wire document: which keys to look under, and as what.

A value that is not of the field's type is no error: it stays in the document, and the field reads as if it
were absent. So one odd field never costs a whole notification.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Protocol, Union, get_args, get_origin, runtime_checkable

from pydantic import AliasChoices, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

Read = Callable[[object], object]
Absent = Callable[[], object]


@runtime_checkable
class Viewable(Protocol):
    """A type that can be laid over a wire document."""

    @classmethod
    def view(cls, document: Mapping[str, object], /) -> object:
        """Return the typed view of `document`."""

    def to_wire(self) -> Mapping[str, object]:
        """Return the document."""
        ...


def wire_name(name: str) -> str:
    """Return how Graph writes the name of a field: `media_state` is `mediaState`.

    As pydantic's `to_camel` does for these names, without its four regular expressions for each.
    """
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


class WireField:
    """One typed field of a class, read from the instance's document when it is first asked for.

    `keys` are the names it is found under, the best one first; a null is as good as absent. The class
    itself has no such attribute, so that pydantic does not take this for the field's default.
    """

    __slots__ = ("_annotation", "_reading", "keys", "name")

    def __init__(self, name: str, info: FieldInfo) -> None:
        keys = [info.alias or name]
        if isinstance(info.validation_alias, AliasChoices):
            keys = [choice for choice in info.validation_alias.choices if isinstance(choice, str)]
        self.name = name
        self.keys = tuple(dict.fromkeys([*keys, name]))
        self._annotation: object = info.annotation
        self._reading: tuple[Read, Absent] | None = None

    def __get__(self, instance: Viewable | None, owner: type) -> object:
        if instance is None:
            raise AttributeError(self.name)
        value = self.of(instance.to_wire())
        instance.__dict__[self.name] = value  # found there from now on, before this descriptor
        return value

    def of(self, document: Mapping[str, object]) -> object:
        """Return the field's value in `document`."""
        if self._reading is None:
            self._reading = _reading_of(self._annotation)
        read, absent = self._reading
        for key in self.keys:
            value = document.get(key)
            if value is not None:
                try:
                    return read(value)
                except (ValueError, TypeError):
                    continue
        return absent()


def _reading_of(annotation: object) -> tuple[Read, Absent]:
    """Return how to read a value of `annotation`, and what stands for its absence."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType) and NoneType in arguments:
        inner = [argument for argument in arguments if argument is not NoneType]
        return _reading_of(inner[0])[0], _nothing
    if origin is Sequence:
        return _each(_reading_of(arguments[0])[0]), list
    if isinstance(annotation, type):
        if issubclass(annotation, Viewable):
            return _mapping(annotation.view), lambda: annotation.view({})
        if issubclass(annotation, Enum):
            return _member(annotation), _nothing
    return _leaf(annotation), _nothing


def _nothing() -> None:
    return None


def _mapping(view: Callable[[Mapping[str, object]], object]) -> Read:
    def read(value: object) -> object:
        if type(value) is dict or isinstance(value, Mapping):
            return view(value)
        raise TypeError

    return read


def _each(read_item: Read) -> Read:
    """Read every readable item: a roster with one odd entry is still a roster."""

    def read(value: object) -> list[object]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise TypeError
        items = []
        for item in value:
            try:
                items.append(read_item(item))
            except (ValueError, TypeError):
                continue
        return items

    return read


def _member(enum: type[Enum]) -> Read:
    exact = enum._value2member_map_
    return lambda value: exact.get(value) or enum(value)


@cache
def _leaf(annotation: object) -> Read:
    """Let pydantic read it, leniently: a number as a string, a string as a number."""
    adapter: TypeAdapter[object] = TypeAdapter(
        annotation,  # type: ignore[arg-type]  # a field's annotation, known at run time only
        config=ConfigDict(coerce_numbers_to_str=True),
    )
    read = adapter.validate_python
    if annotation not in (str, int, bool):
        return read
    return lambda value: value if type(value) is annotation else read(value)
