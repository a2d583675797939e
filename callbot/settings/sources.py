"""Where settings come from: the environment and a TOML file. What nobody knows is refused."""

import difflib
import os
import tomllib
from collections.abc import Collection, Iterable
from enum import StrEnum
from pathlib import Path

from callbot.errors import ConfigurationError

PREFIX = "CALLBOT_"
"""What the names of the environment's settings begin with."""

_PATHS = (
    "admin_token_file",
    "client_secret_file",
    "client_certificate",
    "federated_token_file",
    "ca_file",
    "tls_certificate",
    "tls_key",
)


class Origin(StrEnum):
    """Where a setting has its value from; the first that names a key wins."""

    ARGUMENT = "argument"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


def environment() -> dict[str, str]:
    """The environment's callbot settings, by key; the case of a name does not matter.

    Raises `ConfigurationError` for one that is there twice, in different case: chance
    would say which counts.
    """
    found: dict[str, str] = {}
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX):
            key = name[len(PREFIX) :].lower()
            if key in found:
                raise ConfigurationError(f"{name.upper()} is in the environment twice, in different case")
            found[key] = value
    return found


def read_toml(path: Path, known: Collection[str]) -> dict[str, object]:
    """Return the settings that a file holds, its paths relative to its folder; every key is one of `known`.

    Raises `ConfigurationError` for a file that cannot be read, or that holds something else.
    """
    try:
        values: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"there is no settings file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the settings file {path}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from None
    refuse_unknown(values, known, str(path))
    for key in _PATHS:
        value = values.get(key)
        if isinstance(value, str):
            values[key] = path.parent / Path(value).expanduser()
    return values


def refuse_unknown(keys: Iterable[str], known: Collection[str], where: str, prefix: str = "") -> None:
    """Raise `ConfigurationError` for a key that is none of `known`, with the nearest of them."""
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            shown = prefix + (key.upper() if prefix else key)
            hint = f"; did you mean {prefix + (near[0].upper() if prefix else near[0])}?" if near else ""
            raise ConfigurationError(f"unknown setting {shown} in {where}{hint}")
