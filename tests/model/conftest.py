"""Documents as the wire sends them, and all models there are."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from callbot.model import Resource

DATA = Path(__file__).parent / "data"


def document(name: str) -> dict[str, object]:
    loaded = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def models(base: type[Resource] = Resource) -> list[type[Resource]]:
    """Return every model that derives from `base`, by name."""
    return sorted(_derived(base), key=lambda model: model.__name__)


def _derived(base: type[Resource]) -> Iterator[type[Resource]]:
    for model in base.__subclasses__():
        if model.__module__.startswith("callbot."):
            yield model
            yield from _derived(model)


def read_everything(resource: Resource) -> None:
    """Read each field, and each field of what it holds."""
    for name in type(resource).model_fields:
        value = getattr(resource, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Resource):
                read_everything(item)


@pytest.fixture(params=sorted(path.stem for path in DATA.glob("*.json")))
def example(request: pytest.FixtureRequest) -> Mapping[str, object]:
    return document(str(request.param))
