"""The one way every request to Graph takes: token, deadline, repeats, correlation, meaning of the answer."""

import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from callbot.clock import Clock, sleep, timeout
from callbot.errors import ConfigurationError, GraphError, GraphTimeout, InvalidArgument
from callbot.graph.transport.answers import Answer, document_of, error_of
from callbot.graph.transport.connection import Connection, NoAnswer
from callbot.graph.transport.retry import MAX_ATTEMPTS, Fate, fate_of, may_repeat, pause, retry_after
from callbot.graph.transport.tokens import TokenSource
from callbot.graph.verb import Repeat, Verb
from callbot.log import get_logger

_MAX_REDIRECTS = 5
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _KEEPS_METHOD
_SHARE_OF_ONE_TRY = 0.4  # a hung connection leaves time for another try

_log = get_logger(__name__)


@dataclass(slots=True)
class _Request:
    """One use of a verb, over all its attempts. `deadline` is a moment of the monotonic clock."""

    verb: Verb
    url: str
    tenant: str
    body: bytes | None
    scenario_id: str | None
    deadline: float
    client_request_id: str = ""
    attempt: int = 0
    fresh_token: bool = False
    maybe_done: bool = False


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one attempt brought: an answer or a failure, never both."""

    fate: Fate
    answer: Answer | None = None
    failure: NoAnswer | None = None
    wait: float | None = None


@dataclass(slots=True)
class Funnel:
    """Sends verbs. `root` is the Graph root, `home_tenant` what a call without a tenant belongs to.

    `deadline` is in seconds and covers all attempts of one verb and the waits between them.
    """

    connection: Connection
    tokens: TokenSource
    clock: Clock
    root: str
    cloud: str
    home_tenant: str | None
    deadline: float
    chance: random.Random = field(default_factory=random.SystemRandom)

    async def send(
        self,
        verb: Verb,
        *,
        tenant: str | None,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        scenario_id: str | None = None,
    ) -> dict[str, object] | None:
        """Send `verb` and return the JSON object of its answer, or None where the answer is empty.

        `ids` fill the verb's path. Raises a `GraphError` by the meaning of what went wrong;
        `ConfigurationError` where no tenant is known.
        """
        complaint = verb.complaint(self.cloud, body)
        if complaint is not None:
            raise InvalidArgument(complaint, verb=verb.name)
        request = _Request(
            verb,
            self._url(verb, ids, query),
            self._tenant(verb, tenant),
            None if body is None else json.dumps(body, separators=(",", ":")).encode(),
            scenario_id,
            self.clock.monotonic() + self.deadline,
        )
        answer = await self._repeat(request)
        return None if answer is None else document_of(answer, verb, request.client_request_id)

    async def _repeat(self, request: _Request) -> Answer | None:
        """Try until there is success, an error for good, or no time left."""
        while True:
            request.attempt += 1
            attempt = await self._try_with_fresh_token(request)
            if attempt.answer is not None and attempt.answer.ok:
                return attempt.answer
            error = self._error(request, attempt)
            if request.maybe_done and isinstance(error, request.verb.settled_by):
                return None
            request.maybe_done |= attempt.fate is Fate.UNKNOWN
            wait = self._wait(request, attempt)
            if wait is None:
                _log.info("request failed", **_facts(request, error))
                raise error from attempt.failure
            _log.info("request will be repeated", wait=wait, **_facts(request, error))
            await sleep(self.clock, wait)

    async def _try_with_fresh_token(self, request: _Request) -> _Attempt:
        """Try once; when Graph does not take a cached token, once more with a new one."""
        token = await self._token(request)
        attempt = await self._try(request, token)
        if attempt.answer is not None and attempt.answer.status == 401 and not request.fresh_token:  # noqa: PLR2004
            request.fresh_token = True
            self.tokens.drop(request.tenant, token)
            attempt = await self._try(request, await self._token(request))
        return attempt

    async def _token(self, request: _Request) -> str:
        token = self.tokens.cached(request.tenant)
        if token is not None:
            return token
        try:
            async with timeout(self.clock, self._left(request)):
                return await self.tokens.token(request.tenant)
        except TimeoutError:
            raise GraphTimeout("the sign-in took longer than the deadline", verb=request.verb.name) from None

    async def _try(self, request: _Request, token: str) -> _Attempt:
        request.client_request_id = str(uuid.uuid4())
        headers = {"Authorization": f"Bearer {token}", "client-request-id": request.client_request_id}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.scenario_id is not None:
            headers["Scenario-Id"] = request.scenario_id
        try:
            answer = await self._exchange(request, headers)
        except NoAnswer as failure:
            return _Attempt(failure.fate, failure=failure)
        wait = retry_after(answer.headers.get("Retry-After"), self.clock.time())
        return _Attempt(fate_of(answer.status, asks_to_wait=wait is not None), answer=answer, wait=wait)

    async def _exchange(self, request: _Request, headers: Mapping[str, str]) -> Answer:
        """Send, and follow redirects as far as they stay at the same origin: the token goes nowhere else."""
        url = request.url
        method = request.verb.method
        for _ in range(_MAX_REDIRECTS + 1):
            answer = await self.connection.exchange(
                method, url, headers, request.body, self._time_for_one_try(request)
            )
            if answer.status not in _REDIRECTS:
                return answer
            url = _next_address(url, answer, keeps_method=method == "GET" or answer.status in _KEEPS_METHOD)
        raise NoAnswer("Graph redirects in a circle", Fate.UNKNOWN, repeatable=False)

    def _time_for_one_try(self, request: _Request) -> float:
        left = self._left(request)
        if request.verb.repeat is Repeat.FREELY:
            return min(left, self.deadline * _SHARE_OF_ONE_TRY)
        return left

    def _left(self, request: _Request) -> float:
        return max(0.0, request.deadline - self.clock.monotonic())

    def _wait(self, request: _Request, attempt: _Attempt) -> float | None:
        """Return the seconds to wait before the next attempt, or None when there must be none."""
        if request.attempt >= MAX_ATTEMPTS or not may_repeat(request.verb.repeat, attempt.fate):
            return None
        if attempt.failure is not None and not attempt.failure.repeatable:
            return None
        wait = attempt.wait if attempt.wait is not None else pause(request.attempt, self.chance.random())
        return wait if wait < self._left(request) else None

    def _error(self, request: _Request, attempt: _Attempt) -> GraphError:
        if attempt.answer is not None:
            return error_of(attempt.answer, request.verb, request.client_request_id, attempt.wait)
        failure = attempt.failure or NoAnswer("nothing is known", attempt.fate)
        return failure.as_error(str(failure), request.verb.name, request.client_request_id)

    def _tenant(self, verb: Verb, tenant: str | None) -> str:
        found = tenant or self.home_tenant
        if not found:
            raise ConfigurationError(
                f"{verb.name}: no tenant is known for this call: give one, or set tenant_id to the bot's own"
            )
        return found

    def _url(self, verb: Verb, ids: Mapping[str, str] | None, query: Mapping[str, str] | None) -> str:
        path = verb.path
        if ids is not None:
            path = path.format_map({name: _segment(verb, name, value) for name, value in ids.items()})
        url = f"{self.root}/{verb.version}{path}"
        if query:
            url += "?" + "&".join(f"{name}={quote(value, safe='$,()=')}" for name, value in query.items())
        return url


def _segment(verb: Verb, name: str, value: str) -> str:
    """Return an id as a path segment that can only ever be that."""
    if value.strip(".") == "":
        raise InvalidArgument(f"{name} must be an id; {value!r} given", verb=verb.name)
    return quote(value, safe="")


def _next_address(url: str, answer: Answer, *, keeps_method: bool) -> str:
    location = answer.headers.get("Location")
    if not location or not keeps_method:
        raise NoAnswer(
            f"Graph redirects with HTTP {answer.status}, which this request cannot follow",
            Fate.UNKNOWN,
            repeatable=False,
        )
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise NoAnswer(
            f"Graph redirects to {urlsplit(target).netloc}, which must not see the token",
            Fate.UNKNOWN,
            repeatable=False,
        )
    return target


def _facts(request: _Request, error: GraphError) -> dict[str, object]:
    return {
        "verb": request.verb.name,
        "status": error.status,
        "code": error.code,
        "request_id": error.request_id,
        "client_request_id": request.client_request_id,
        "attempt": request.attempt,
        "error": type(error).__name__,
    }
