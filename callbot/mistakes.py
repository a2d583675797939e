"""Says in words what is wrong with the values of settings: what each should be, and where it came from."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_SHOULD = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "literal_error": "{expected}",
}
"""What a value should be, by pydantic's name of the mistake; such a value is no secret, and is shown."""

_TYPES = {
    "string_type": "should be text",
    "string_too_short": "should not be empty",
    "path_type": "should be a path",
    "tuple_type": "should be a list",
}
_LONGEST = 40


def explain_mistakes(error: ValidationError, places: Mapping[str, str], prefix: str) -> str:
    """Return one line per mistake. `places` says by key where a value is from, `prefix` begins variables.

    Only what should have been a number or one of a few words is repeated: anything else may be a secret.
    """
    return "\n".join(_line(mistake, places, prefix) for mistake in error.errors(include_url=False))


def _line(mistake: ErrorDetails, places: Mapping[str, str], prefix: str) -> str:
    key = ".".join(str(part) for part in mistake["loc"])
    if not key:
        return mistake["msg"].removeprefix("Value error, ")
    if mistake["type"] == "missing":
        return f"{key} is not set: give it in the settings file or as {prefix}{key.upper()}"
    place = f" (from {places[key]})" if key in places else ""
    return f"{key}: {_words(mistake)}{place}"


def _words(mistake: ErrorDetails) -> str:
    kind = mistake["type"]
    if kind in _SHOULD:
        expected = _SHOULD[kind].format(**mistake.get("ctx", {}))
        return f"should be {expected}, not {repr(mistake['input'])[:_LONGEST]}"
    return _TYPES.get(kind, mistake["msg"].removeprefix("Value error, "))
