"""The settings of one bot, from arguments, the environment and a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from callbot.errors import ConfigurationError
from callbot.mistakes import explain_mistakes
from callbot.settings.contradictions import contradictions
from callbot.settings.fields import Fields
from callbot.settings.sources import PREFIX, Origin, environment, read_toml, refuse_unknown


class Settings(Fields):
    """The settings of one bot. Durations are in seconds, sizes in bytes.

    Raises `ConfigurationError` for anything that cannot work, with the key and what to write.
    """

    def __init__(self, places: Mapping[str, str] | None = None, /, **values: object) -> None:
        surroundings = environment()
        refuse_unknown(values, type(self).model_fields, "the arguments")
        refuse_unknown(surroundings, type(self).model_fields, "the environment", prefix=PREFIX)
        try:
            super().__init__(**(surroundings | values))  # type: ignore[arg-type]  # pydantic checks them
        except ValidationError as error:
            named = {key: f"{PREFIX}{key.upper()}" for key in surroundings if key not in values}
            raise ConfigurationError(explain_mistakes(error, named | dict(places or {}), PREFIX)) from None

    @classmethod
    def load(cls, config: Path | str | None = None, **arguments: object) -> Self:
        """Read the TOML file `config`, the environment and `arguments`; the last one named wins.

        Relative paths in the file are relative to the file's folder.
        """
        values = read_toml(Path(config), cls.model_fields) if config is not None else {}
        surroundings = environment()
        kept = {key: value for key, value in values.items() if key not in surroundings}
        return cls({key: str(config) for key in kept.keys() - arguments.keys()}, **(kept | arguments))

    @classmethod
    def origins(cls, config: Path | str | None = None, **arguments: object) -> Mapping[str, Origin]:
        """Return for every key where `load`, called with the same, takes its value from."""
        sources = (
            (Origin.ARGUMENT, arguments),
            (Origin.ENVIRONMENT, environment()),
            (Origin.FILE, read_toml(Path(config), cls.model_fields) if config is not None else {}),
        )
        return {
            key: next((origin for origin, values in sources if key in values), Origin.DEFAULT)
            for key in cls.model_fields
        }

    @model_validator(mode="after")
    def _check(self) -> Self:
        for complaint in contradictions(self):
            raise ValueError(complaint)
        return self
