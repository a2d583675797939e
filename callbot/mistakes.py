"""Says in words what is wrong with the values of settings: what each should be, and where it came from."""

import ipaddress
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

SHORTEST_TOKEN = 16
"""Characters that an admin token has at least: what is shorter can be guessed."""


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


def admin_mistakes(
    *,
    port: int | None,
    service_port: int,
    host: str,
    token: str | None,
    has_token_file: bool,
    callback_path: str,
) -> list[str]:
    """Return what is wrong with the settings of the admin API, one sentence for each mistake."""
    found = []
    if token is not None and has_token_file:
        found.append("admin_token and admin_token_file are both set: keep one")
    if token is not None:
        found += token_mistakes("admin_token", token)
    has_token = token is not None or has_token_file
    if port is not None and port == service_port:
        found.append(
            f"admin_port is {port}, the service's own port: give it another, "
            "or leave it out and have the admin API on the service's port with an admin_token"
        )
    if port is not None and not has_token and not is_loopback(host):
        found.append(
            f"admin_host {host} lets everybody in who can reach it: set admin_token or admin_token_file, "
            "or leave admin_host at 127.0.0.1"
        )
    if port is None and has_token and (callback_path == "/calls" or callback_path.startswith("/calls/")):
        found.append(
            f"callback_url has the path {callback_path}, where the admin API is: set admin_port, "
            "or give callback_url another path"
        )
    return found


def token_mistakes(name: str, token: str) -> list[str]:
    """Return what keeps a token from being one. None of it shows the token; `name` is where it is from."""
    if len(token) < SHORTEST_TOKEN:
        size = f"has {len(token)} characters" if token else "is empty"
        makes = "`python -c 'import secrets; print(secrets.token_urlsafe())'` makes one"
        return [f"{name} {size}: it needs {SHORTEST_TOKEN} or more. {makes}"]
    if not token.isascii() or not token.isprintable() or " " in token:
        return [f"{name} must be of printable ASCII characters without a space: it is sent in a header"]
    return []


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address. `localhost` is; other names may be anywhere."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
