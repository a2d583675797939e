"""What callbot reads in a callback's headers and writes into the answer's.

Names are in lower case: the headers are folded, or in a mapping that ignores case. An id that a sender
chose goes into answers and logs only if it is harmless there.
"""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

AUTHORIZATION = "authorization"
CONTENT_TYPE = "content-type"

_HARMLESS = re.compile(r"[A-Za-z0-9._:=+/{}-]{1,128}").fullmatch
_JSON = re.compile(r"(?:application|text)/(?:[a-z0-9.-]+\+)?json").fullmatch
_USUAL = frozenset({"application/json", "application/json; charset=utf-8"})


class Correlation(NamedTuple):
    """The ids that trace a callback, each None when there is none or it is not harmless.

    `message` names the delivery, `scenario` what the bot sent when it created the call, `chain` the chain of
    calls.
    """

    message: str | None
    scenario: str | None
    chain: str | None
    request: str | None

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Self:
        """Find the ids in the headers of a callback."""
        get = headers.get
        message, scenario = get("x-microsoft-skype-message-id"), get("scenario-id")
        chain, request = get("x-microsoft-skype-chain-id"), get("client-request-id")
        return cls(_harmless(message), _harmless(scenario), _harmless(chain), request and _harmless(request))

    def echo(self) -> dict[str, str]:
        """Return the headers that give the ids back, as the vendor's SDK sends them."""
        found = {}
        if request := self.message or self.request:
            found["Client-Request-Id"] = request
        if scenario := self.scenario or self.chain:
            found["Scenario-Id"] = scenario
        return found


def fold(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers under lower-case names."""
    return {name.lower(): value for name, value in headers.items()}


def is_json(headers: Mapping[str, str]) -> bool:
    """Return whether the body is labelled as JSON, or not at all."""
    label = headers.get(CONTENT_TYPE)
    if label is None or label in _USUAL:
        return True
    media_type = label.partition(";")[0].strip().lower()
    return not media_type or _JSON(media_type) is not None


def retry_after(seconds: float) -> dict[str, str]:
    """Return the header that asks the platform to come back later: whole seconds, at least one."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def _harmless(value: str | None) -> str | None:
    return value if value is not None and _HARMLESS(value) else None
