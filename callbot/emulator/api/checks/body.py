"""Reads the body of a request and refuses what breaks a rule of the API (400, code 8523)."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from callbot.emulator.errors import ApiError, invalid_argument
from callbot.emulator.wire import JsonObject

MAX_CLIENT_CONTEXT = 256
_UNREADABLE = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid "
    "JSON format."
)

Choice = TypeVar("Choice", bound=StrEnum)


class Body:
    """A JSON object with readers that check. A key that is null counts as absent."""

    def __init__(self, fields: Mapping[str, object] | None = None) -> None:
        self._fields = dict(fields or {})

    @classmethod
    def parse(cls, content: bytes) -> "Body":
        """Read a request's bytes; an empty body is an object without keys. Raises the gateway's 400."""
        if not content.strip():
            return cls()
        try:
            fields = json.loads(content)
        except ValueError:
            raise ApiError(400, "BadRequest", _UNREADABLE) from None
        if not isinstance(fields, dict):
            raise ApiError(400, "BadRequest", _UNREADABLE)
        if "$values" in fields or any(isinstance(v, dict) and "$values" in v for v in fields.values()):
            raise ApiError(400, "BadRequest", "The request is invalid.")
        return cls(fields)

    @property
    def fields(self) -> JsonObject:
        """The whole object."""
        return self._fields

    def get(self, key: str) -> object:
        """Return a value as it is."""
        return self._fields.get(key)

    def need(self, *keys: str) -> None:
        """Refuse a body without one of `keys`."""
        for key in keys:
            if self._fields.get(key) is None:
                raise invalid_argument(f"The parameter '{key}' is required.")

    def text(self, key: str, *, longest: int | None = None) -> str | None:
        """Return a string, or None when it is absent."""
        value = self._fields.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise invalid_argument(f"The parameter '{key}' must be a string.")
        if longest is not None and len(value) > longest:
            raise invalid_argument(f"The parameter '{key}' must not be longer than {longest} characters.")
        return value

    def number(self, key: str, lowest: int, highest: int) -> int | None:
        """Return an integer within the limits, or None when it is absent."""
        value = self._fields.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid_argument(f"The parameter '{key}' must be an integer.")
        if not lowest <= value <= highest:
            raise invalid_argument(f"The parameter '{key}' must be between {lowest} and {highest}.")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a boolean."""
        value = self._fields.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise invalid_argument(f"The parameter '{key}' must be a boolean.")
        return value

    def choice(self, key: str, members: type[Choice]) -> Choice | None:
        """Return a member of an enum, written in any case, or None when it is absent."""
        value = self.text(key)
        if value is None:
            return None
        for member in members:
            if member.value.lower() == value.lower():
                return member
        raise invalid_argument(f"The parameter '{key}' has the unknown value '{value}'.")

    def mapping(self, key: str) -> JsonObject | None:
        """Return an object, or None when it is absent."""
        value = self._fields.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise invalid_argument(f"The parameter '{key}' must be an object.")
        return value

    def items(self, key: str, *, most: int | None = None) -> list[object]:
        """Return a list; empty when it is absent."""
        value = self._fields.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid_argument(f"The parameter '{key}' must be a collection.")
        if most is not None and len(value) > most:
            raise invalid_argument(f"The parameter '{key}' must not have more than {most} items.")
        return value

    def client_context(self) -> str | None:
        """Return the correlation value of an operation."""
        return self.text("clientContext", longest=MAX_CLIENT_CONTEXT)

    def address(self, key: str, *, https: bool) -> str | None:
        """Return a callback address, or None when it is absent."""
        value = self.text(key)
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.scheme not in (("https",) if https else ("https", "http")):
            raise invalid_argument(f"The parameter '{key}' must be an absolute https address.")
        return value
