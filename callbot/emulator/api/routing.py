"""Which verb a method and a path mean: `/communications/calls…`, its old alias and prefixed actions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from callbot.emulator.api.exchange import Exchange, Reply
from callbot.emulator.errors import ApiError
from callbot.emulator.settings import Cloud

Handler = Callable[[Exchange], Awaitable[Reply]]
BETA = "beta"
_NAMESPACE = "microsoft.graph."
_ROOTS = (("communications", "calls"), ("app", "calls"))
_CLOUDS_WITHOUT_BETA = (Cloud.US_NAT, Cloud.US_SEC)


@dataclass(frozen=True, slots=True)
class Verb:
    """One operation of the API.

    `path` is what follows `/calls`; a segment in braces is a parameter. `global_only` verbs exist in no
    national cloud.
    """

    name: str
    method: str
    path: str
    handler: Handler
    beta_only: bool = False
    global_only: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of `path`."""
        return tuple(part for part in self.path.split("/") if part)


class Router:
    """Finds the verb of a request among those a cloud has."""

    def __init__(self, verbs: Sequence[Verb], cloud: Cloud = Cloud.GLOBAL) -> None:
        self._cloud = cloud
        self._verbs = [
            (verb, verb.segments)
            for verb in verbs
            if cloud is Cloud.GLOBAL or (not verb.global_only and cloud is not Cloud.CHINA)
        ]

    def find(self, version: str, method: str, path: str) -> tuple[Verb, dict[str, str]]:
        """Return the verb and the parameters of its path; raises what Graph answers when there is none."""
        segments = [part for part in path.split("/") if part]
        missing = self._cloud is Cloud.CHINA or (version == BETA and self._cloud in _CLOUDS_WITHOUT_BETA)
        if missing or tuple(part.lower() for part in segments[:2]) not in _ROOTS:
            raise unknown_segment(segments[0] if segments else "")
        rest = segments[2:]
        other_method = False
        for verb, pattern in self._verbs:
            params = _match(pattern, rest)
            if params is None or (verb.beta_only and version != BETA):
                continue
            if verb.method == method:
                return verb, params
            other_method = True
        if other_method:
            raise ApiError(
                405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
            )
        raise unknown_segment(rest[-1] if rest else "calls")


def unknown_segment(segment: str) -> ApiError:
    """Return the answer for a path the API does not have."""
    return ApiError(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def _match(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    params = {}
    for wanted, found in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            params[wanted[1:-1]] = found
        elif found.lower().removeprefix(_NAMESPACE) != wanted.lower():
            return None
    return params
