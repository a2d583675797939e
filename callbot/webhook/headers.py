"""What callbot reads in a callback's headers and writes into the answer's.

Names are in lower case: the headers are folded, or in a mapping that ignores case. An id that a sender
chose goes into answers and logs only if it is harmless there.
"""

import math
import re
from collections.abc import Mapping

AUTHORIZATION = "authorization"
CONTENT_TYPE = "content-type"
MESSAGE_ID = "x-microsoft-skype-message-id"
CHAIN_ID = "x-microsoft-skype-chain-id"
SCENARIO_ID = "scenario-id"
REQUEST_ID = "client-request-id"

_HARMLESS = re.compile(r"[A-Za-z0-9._:=+/{}-]{1,128}").fullmatch
_JSON = re.compile(r"(?:application|text)/(?:[a-z0-9.-]+\+)?json").fullmatch


def fold(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers under lower-case names."""
    return {name.lower(): value for name, value in headers.items()}


def harmless(headers: Mapping[str, str], name: str) -> str | None:
    """Return the id in the header `name` if it can go into headers and logs, else None."""
    value = headers.get(name)
    return value if value is not None and _HARMLESS(value) is not None else None


def is_json(headers: Mapping[str, str]) -> bool:
    """Return whether the body is labelled as JSON, or not at all."""
    media_type = headers.get(CONTENT_TYPE, "").partition(";")[0].strip().lower()
    return not media_type or media_type == "application/json" or _JSON(media_type) is not None


def echo(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the correlation headers of the answer, as the vendor's SDK sends them."""
    request = harmless(headers, MESSAGE_ID) or harmless(headers, REQUEST_ID)
    scenario = harmless(headers, SCENARIO_ID) or harmless(headers, CHAIN_ID)
    found = {}
    if request is not None:
        found["Client-Request-Id"] = request
    if scenario is not None:
        found["Scenario-Id"] = scenario
    return found


def retry_after(seconds: float) -> dict[str, str]:
    """Return the header that asks the platform to come back later: whole seconds, at least one."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
