"""The model of its own that a bot keeps with each call: which one it is, and how it is written and read.

Its values may be about people: no error shows any.
"""

import json
from collections.abc import Mapping
from typing import Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from callbot.errors import HookError, StoreError

_Model = TypeVar("_Model", bound=BaseModel)


def model_of(bot: type, inherited: type[BaseModel] | None) -> type[BaseModel] | None:
    """Return the model that `bot` names in its bases, else the inherited one.

    Raises `HookError` for one that cannot begin empty: a call begins before anything is known of it.
    """
    for base in vars(bot).get("__orig_bases__", ()):
        if get_origin(base) in {None, Generic}:
            continue
        for named in get_args(base):
            if isinstance(named, type) and issubclass(named, BaseModel):
                _check(bot, named)
                return named
    return inherited


def written(data: BaseModel) -> Mapping[str, object]:
    """Return `data` as JSON has it; raises `StoreError` when its values are not what its model says."""
    try:
        return data.model_dump(mode="json", warnings="error")
    except PydanticSerializationError:
        kind = type(data)
        raise StoreError(f"the data of a call does not fit {kind.__name__}{_misfits(kind, data)}") from None


def read(model: type[_Model], document: Mapping[str, object]) -> _Model:
    """Return what `written` gave; raises `StoreError` when the model has changed too much since."""
    try:
        return model.model_validate_json(json.dumps(dict(document)))
    except ValidationError as error:
        raise StoreError(
            f"the stored data of a call does not fit {model.__name__} any more{_where(error)}: "
            "let new fields have defaults, and old ones their type"
        ) from None


def _misfits(model: type[BaseModel], data: BaseModel) -> str:
    try:
        model.model_validate(vars(data))
    except ValidationError as error:
        return _where(error)
    return ""


def _where(error: ValidationError) -> str:
    fields = {".".join(map(str, one["loc"])): None for one in error.errors(include_input=False)}
    return f" ({', '.join(fields)})"


def _check(bot: type, model: type[BaseModel]) -> None:
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    if required:
        raise HookError(
            f"{bot.__name__} keeps {model.__name__}, whose {', '.join(required)} must have a default: "
            "a call begins without any data"
        )
