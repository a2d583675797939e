"""The limits Graph documents for what it is sent, checked here before anything is sent.

A limit speaks of one key of a request body. The verbs declare theirs, the funnel checks them, and the verb
table prints them: there is no second list.
"""

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from typing import NamedTuple
from urllib.parse import urlsplit

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Body = Mapping[str, object]


class Limit(NamedTuple):
    """What one key of a body must satisfy, if it is there and not null.

    `key` is the name on the wire, `text` says the limit in words, `holds` decides on the key's value and the
    whole body.
    """

    key: str
    text: str
    holds: Callable[[object, Body], bool]

    @property
    def parameter(self) -> str:
        """The key as the Python parameter is called."""
        return parameter_name(self.key)

    def complaint(self, body: Body) -> str | None:
        """Return what is wrong with `body`, or None."""
        value = body.get(self.key)
        if value is None or self.holds(value, body):
            return None
        given = f"{len(value)} given" if isinstance(value, Sized) else f"{value!r} given"
        return f"{self.parameter} must be {self.text}; {given}"

    def __str__(self) -> str:
        return f"{self.parameter}: {self.text}"


def parameter_name(key: str) -> str:
    """Return the Python name of a wire key: `clientContext` is `client_context`."""
    return _WORD.sub("_", key).lower()


def size(key: str, unit: str, low: int, high: int) -> Limit:
    """Limit the length of a text or list, both ends included."""
    text = f"at most {high} {unit}" if low == 0 else f"{low} to {high} {unit}"
    return Limit(key, text, lambda value, _: isinstance(value, Sequence) and low <= len(value) <= high)


def at_least_one(key: str, unit: str) -> Limit:
    """Require a list that is not empty."""
    return Limit(key, f"at least one {unit}", lambda value, _: isinstance(value, Sequence) and len(value) > 0)


def between(key: str, unit: str, low: int, high: int) -> Limit:
    """Limit a whole number, both ends included."""
    return Limit(
        key,
        f"{low} to {high} {unit}",
        lambda value, _: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
    )


def at_least(key: str, unit: str, low: int) -> Limit:
    """Require a whole number that is not below `low`."""
    return Limit(
        key,
        f"at least {low} {unit}",
        lambda value, _: isinstance(value, int) and not isinstance(value, bool) and low <= value,
    )


def one_of(key: str, *texts: str) -> Limit:
    """Require one of some words."""
    return Limit(key, "one of " + ", ".join(texts), lambda value, _: value in texts)


def https(key: str) -> Limit:
    """Require an absolute https address: the platform sends callbacks nowhere else."""
    return Limit(key, "an absolute https address", _is_https)


def _is_https(value: object, _: Body) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


CALLBACK_URI = https("callbackUri")
CLIENT_CONTEXT = size("clientContext", "characters", 1, 256)
