"""The base of every Graph resource: the wire document is the truth, the typed fields are a view of it.

Nothing is read until it is asked for. A document is kept as it came, so writing it out gives it back
whatever it holds: keys nobody has heard of, enum members in any case, numbers as strings, nulls. Asking for
a field reads it then, once.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import to_jsonable_python

from callbot.model.fields import WireField, wire_name

TYPE_KEY = "@odata.type"
TYPE_PREFIX = "#microsoft.graph."

_NONE_SET: frozenset[str] = frozenset()


class Resource(BaseModel):
    """A JSON object of the calls API, typed.

    Made in two ways. `model_validate(document)` lays it over a document from the wire: this never fails for
    a JSON object, and `to_wire()` and `model_dump()` give the document back. A field of the wrong JSON type
    reads as None (a list as empty) and stays in the document; a key that no field declares is read as
    an attribute of its own name. `MediaInfo(uri=...)` makes one in Python: arguments are checked, and the
    document holds what was given, by its wire name, with the `@odata.type` of the class.

    Equal when of one class with equal documents. Immutable: `model_copy(update=...)` makes another.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=wire_name,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
    )

    graph_type: ClassVar[str] = ""
    """The name of the type in Graph's metadata, without its namespace."""
    marks: ClassVar[tuple[str, ...]] = ()
    """Keys that only this kind has: they tell the kind of a document that does not name its type."""

    def __init__(self, /, **data: object) -> None:
        self.__pydantic_validator__.validate_python(_Arguments(data), self_instance=self)

    @classmethod
    def view(cls, document: Mapping[str, object]) -> Self:
        """Lay the type over `document`, which is kept and not copied.

        Among the kinds of `cls`, the one the document names is taken, else the one its keys tell, else `cls`.
        """
        variants = _VARIANTS.get(cls)
        kind = cls if variants is None else _kind_of(cls, document, variants)
        self = _new(kind)
        _set(self, "__pydantic_fields_set__", _NONE_SET)
        _set(self, "__pydantic_extra__", document)  # where pydantic looks for attributes of other names
        _set(self, "__pydantic_private__", None)
        return self

    def to_wire(self) -> Mapping[str, object]:
        """Return the JSON document, for sending and storing. It is the resource's own: do not change it."""
        return self.__pydantic_extra__  # type: ignore[return-value]  # always set

    @property
    def odata_type(self) -> str | None:
        """The `@odata.type` as the document has it."""
        value = self.to_wire().get(TYPE_KEY)
        return value if isinstance(value, str) else None

    @property
    def model_extra(self) -> dict[str, object]:
        """What the document holds beside the declared fields."""
        declared = {key for field in fields_of(type(self)).values() for key in field.keys}
        return {key: value for key, value in self.to_wire().items() if key not in declared}

    @property
    def model_fields_set(self) -> set[str]:
        """The declared fields that the document holds, be it as null."""
        present = self.to_wire().keys()
        return {name for name, field in fields_of(type(self)).items() if not present.isdisjoint(field.keys)}

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """Return a copy, with `update` (by field name or wire name) in the place of what was there."""
        fields = fields_of(type(self))
        document = dict(deepcopy(self.to_wire()) if deep else self.to_wire())
        for name, value in (update or {}).items():
            field = fields.get(name)
            for key in field.keys if field else ():
                document.pop(key, None)
            document[field.keys[0] if field else name] = _json_of(value)
        return type(self).view(document)

    def model_post_init(self, _context: object, /) -> None:
        """Write the document of a resource that was made in Python."""
        values, given = self.__dict__, self.__pydantic_fields_set__
        document: dict[str, object] = {TYPE_KEY: TYPE_PREFIX + self.graph_type} if self.graph_type else {}
        for name, field in fields_of(type(self)).items():
            if name in given:
                document[field.keys[0]] = _json_of(values[name])
        for key, value in (self.__pydantic_extra__ or {}).items():
            document[key] = _json_of(value)
        _set(self, "__pydantic_extra__", document)
        values.clear()  # from here on it is like any other: read from its document

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Make its fields lazy, and make the new kind known to those it is a kind of."""
        for name, info in cls.model_fields.items():
            setattr(cls, name, WireField(name, info))
        for base in cls.__mro__[1:]:
            if base is not Resource and issubclass(base, Resource) and base.graph_type:
                _VARIANTS.setdefault(base, {})[cls.graph_type.lower()] = cls

    @model_validator(mode="wrap")
    @classmethod
    def _keep_document(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Mapping) and not isinstance(data, _Arguments):
            return cls.view(data if isinstance(data, dict) else dict(data))
        return data if isinstance(data, cls) else handler(data)

    @model_serializer(mode="plain")
    def _give_document(self) -> Mapping[str, object]:
        return self.to_wire()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Resource):
            return NotImplemented
        return type(self) is type(other) and self.to_wire() == other.to_wire()

    def __hash__(self) -> int:
        identifier = self.to_wire().get("id")
        return hash((type(self), identifier if isinstance(identifier, str) else None))

    def __iter__(self) -> Iterator[tuple[str, object]]:  # type: ignore[override]  # pydantic's yields Any
        yield from ((name, getattr(self, name)) for name in fields_of(type(self)))
        yield from self.model_extra.items()

    def __repr_args__(self) -> Iterator[tuple[str, object]]:
        fields, present = type(self).model_fields, self.model_fields_set
        yield from ((name, getattr(self, name)) for name in fields if name in present and fields[name].repr)


@cache
def fields_of(kind: type[Resource]) -> dict[str, WireField]:
    """Return the declared fields of `kind` by their Python names."""
    return {name: vars(kind)[name] for name in kind.model_fields}


class _Arguments(dict[str, object]):
    """What a resource is made of in Python, as opposed to a document from the wire."""


_VARIANTS: dict[type[Resource], dict[str, type[Resource]]] = {}
_new, _set = object.__new__, object.__setattr__
R = TypeVar("R", bound=Resource)


def _kind_of(
    base: type[R], document: Mapping[str, object], variants: Mapping[str, type[Resource]]
) -> type[R]:
    """Return the kind of `base` that `document` names, else the one its keys tell, else `base`."""
    named = document.get(TYPE_KEY)
    kind = None
    if isinstance(named, str):
        kind = variants.get(named.rpartition(".")[2].lstrip("#").lower())
    if kind is None:
        told = (variant for variant in variants.values() if any(mark in document for mark in variant.marks))
        kind = next(told, base)
    return kind if issubclass(kind, base) else base


def _json_of(value: object) -> object:
    """Return `value` as plain JSON, resources as the documents they are."""
    match value:
        case Resource():
            return value.to_wire()
        case list() | tuple():
            return [_json_of(item) for item in value]
        case Mapping():
            return {str(key): _json_of(item) for key, item in value.items()}
        case _:
            plain: object = to_jsonable_python(value)
            return plain
