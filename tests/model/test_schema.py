"""The models and the schema of the calls API say the same, both ways."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Union, cast, get_args, get_origin

import pytest

import callbot.model
from callbot.model import OpenEnum, Resource
from callbot.model.base import fields_of
from tests.model.conftest import models

HERE = Path(__file__).parent
TYPES: dict[str, dict[str, object]] = tomllib.loads((HERE / "schema.toml").read_text(encoding="utf-8"))
ENUMS: dict[str, dict[str, object]] = tomllib.loads((HERE / "enums.toml").read_text(encoding="utf-8"))
PRIMITIVES = {
    "String": str,
    "Guid": str,
    "Stream": str,
    "Boolean": bool,
    "Int32": int,
    "Int64": int,
    "Double": float,
    "DateTimeOffset": datetime,
    "Duration": timedelta,
    "Any": object,
}
MODELS = {model.__name__: model for model in models()}


def properties(name: str, *levels: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for level in levels or ("v1", "beta", "wire"):
        found |= cast("Mapping[str, str]", TYPES[name].get(level, {}))
    return found


def class_name(name: str) -> str:
    described = TYPES.get(name) or ENUMS.get(name) or {}
    return str(described.get("class", name[0].upper() + name[1:]))


def model_of(name: str) -> type[Resource]:
    return MODELS[class_name(name)]


def annotations(model: type[Resource]) -> dict[str, object]:
    """Return the annotation of each field by its wire name."""
    return {field.keys[0]: model.model_fields[name].annotation for name, field in fields_of(model).items()}


def bare(annotation: object) -> tuple[object, bool]:
    """Return the type inside, and whether it is a collection of it."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    if get_origin(annotation) is Sequence:
        return get_args(annotation)[0], True
    return annotation, False


def expected(written: str) -> tuple[object, bool]:
    name = written.removesuffix("!").strip("[]")
    kind = PRIMITIVES.get(name) or MODELS.get(class_name(name)) or getattr(callbot.model, class_name(name))
    return kind, written.startswith("[")


def each_property() -> Iterator[tuple[str, str, str]]:
    for name in TYPES:
        for key, written in properties(name).items():
            yield name, key, written


@pytest.mark.parametrize(("name", "key", "written"), list(each_property()))
def test_every_property_of_the_schema_is_a_typed_field(name: str, key: str, written: str) -> None:
    annotation, is_collection = bare(annotations(model_of(name))[key])
    kind, collection = expected(written)
    assert is_collection is collection
    assert annotation is kind or (isinstance(annotation, type) and issubclass(annotation, cast("type", kind)))


@pytest.mark.parametrize("model", models())
def test_every_typed_field_is_in_the_schema(model: type[Resource]) -> None:
    names = [name for name in TYPES if class_name(name) == model.__name__]
    assert names, f"{model.__name__} is in no table of schema.toml"
    base = model.__mro__[1]
    inherited = annotations(base) if issubclass(base, Resource) and base is not Resource else {}
    described = {key for name in names for key in properties(name)}
    assert annotations(model).keys() - inherited.keys() <= described


@pytest.mark.parametrize(("name", "key", "written"), list(each_property()))
def test_what_is_never_null_must_be_given(name: str, key: str, written: str) -> None:
    if TYPES[name].get("sparse") or key == "id":
        return
    model = model_of(name)
    field = next(python for python, field in fields_of(model).items() if field.keys[0] == key)
    assert model.model_fields[field].is_required() is written.endswith("!")


@pytest.mark.parametrize("name", TYPES)
def test_every_type_derives_from_its_base_and_bears_its_name(name: str) -> None:
    model, base = model_of(name), TYPES[name].get("base")
    assert model.__mro__[1] is (model_of(str(base)) if base else Resource)
    assert model.graph_type in (name, "") or "class" in TYPES[name]
    assert model.__name__ in callbot.model.__all__


@pytest.mark.parametrize("name", ENUMS)
def test_every_enumeration_has_the_members_of_the_schema(name: str) -> None:
    kind = getattr(callbot.model, class_name(name))
    assert issubclass(kind, OpenEnum)
    members = cast("list[str]", [*ENUMS[name].get("v1", []), *ENUMS[name].get("beta", [])])  # type: ignore[misc]
    assert sorted(cast("Enum", member).value for member in kind) == sorted(members)


def test_every_enumeration_is_in_the_schema() -> None:
    assert {kind.__name__ for kind in OpenEnum.__subclasses__()} == {class_name(name) for name in ENUMS}


def test_what_is_exported_is_sorted_and_exists() -> None:
    assert callbot.model.__all__ == sorted(callbot.model.__all__)
    assert all(hasattr(callbot.model, name) for name in callbot.model.__all__)
