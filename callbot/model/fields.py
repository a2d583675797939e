"""How a typed field is read out of a wire document: which keys to look under, and as what.

A value that is not of the field's type is no error: it stays in the document, and the field reads as if it
were absent. So one odd field never costs a whole notification.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import NamedTuple, Protocol, Union, get_args, get_origin, runtime_checkable

from pydantic import AliasChoices, BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

Read = Callable[[object], object]


@runtime_checkable
class Viewable(Protocol):
    """A type that can be laid over a wire document."""

    @classmethod
    def view(cls, document: Mapping[str, object]) -> object:
        """Return the typed view of `document`."""


class Field(NamedTuple):
    """One typed field: the keys it is found under, how it is read, what it reads as when absent."""

    keys: tuple[str, ...]
    read: Read
    absent: Callable[[], object]

    def of(self, document: Mapping[str, object]) -> object:
        """Return the field's value in `document`."""
        for key in self.keys:
            value = document.get(key)
            if value is not None:
                try:
                    return self.read(value)
                except (ValueError, TypeError):
                    break
        return self.absent()


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Field]:
    """Return how each declared field of `model` is read, by the field's Python name."""
    return {name: _field(name, info) for name, info in model.model_fields.items()}


@cache
def declared_keys(model: type[BaseModel]) -> frozenset[str]:
    """Return every key of a document that a declared field of `model` reads."""
    return frozenset(key for field in fields_of(model).values() for key in field.keys)


def _field(name: str, info: FieldInfo) -> Field:
    keys = [info.alias or name]
    if isinstance(info.validation_alias, AliasChoices):
        keys = [choice for choice in info.validation_alias.choices if isinstance(choice, str)]
    read, absent = _reading(info.annotation)
    return Field(tuple(dict.fromkeys([*keys, name])), read, absent)


def _reading(annotation: object) -> tuple[Read, Callable[[], object]]:
    """Return how to read a value of `annotation`, and what stands for its absence."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType) and len(arguments) == len((object, None)) and NoneType in arguments:
        inner = next(argument for argument in arguments if argument is not NoneType)
        return _reading(inner)[0], _nothing
    if origin is Sequence:
        return _each(_reading(arguments[0])[0]), list
    if isinstance(annotation, type) and issubclass(annotation, Viewable):
        view = annotation.view
        return _mapping(view), lambda: view({})
    return _leaf(annotation), _nothing


def _nothing() -> None:
    return None


def _mapping(view: Callable[[Mapping[str, object]], object]) -> Read:
    def read(value: object) -> object:
        if isinstance(value, Mapping):
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


@cache
def _leaf(annotation: object) -> Read:
    read: Read = TypeAdapter(annotation, config=ConfigDict(coerce_numbers_to_str=True)).validate_python
    if annotation is not str:
        return read
    return lambda value: value if type(value) is str else read(value)
