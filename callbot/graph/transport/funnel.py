"""The one way every request to Graph takes: token, deadline, repeats, correlation, meaning of the answer."""

import json
import random
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import NamedTuple

from yarl import URL

from callbot.clock import Clock, sleep, timeout
from callbot.errors import ConfigurationError, GraphError, GraphTimeout, InvalidArgument, Unavailable
from callbot.graph.transport.addresses import address_of, next_address, next_page
from callbot.graph.transport.answers import Answer, document_of, error_of
from callbot.graph.transport.connection import Connection, NoAnswer
from callbot.graph.transport.retry import MAX_ATTEMPTS, Fate, fate_of, may_repeat, pause, retry_after
from callbot.graph.transport.tally import RequestTally
from callbot.graph.transport.token_source import TokenSource
from callbot.graph.verb import Repeat, Verb
from callbot.log import get_logger
from callbot.tracing import Tracing

_MAX_REDIRECTS = 5
_MAX_PAGES = 100
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _KEEPS_METHOD
_FREELY = Repeat.FREELY  # at hand: to look a member up takes longer than to compare it
_SHARE_OF_ONE_TRY = 0.4  # a hung connection leaves time for another try

_VERSION_4 = 4 << 76 | 2 << 62  # the six bits that say so; https://www.rfc-editor.org/rfc/rfc9562#section-5.4
_RANDOM_BITS = ~(15 << 76 | 3 << 62)

_log = get_logger(__name__)


@dataclass(slots=True)
class _Request:
    """One use of a verb, over all its attempts. `deadline` is a moment of the monotonic clock."""

    verb: Verb
    url: URL
    tenant: str
    body: bytes | None
    deadline: float
    call_id: str | None = None
    scenario_id: str | None = None
    client_request_id: str = ""
    attempt: int = 0
    fresh_token: bool = False
    maybe_done: bool = False


class _Attempt(NamedTuple):
    """What one attempt brought: an answer or a failure, never both."""

    fate: Fate
    answer: Answer | None = None
    failure: NoAnswer | None = None
    wait: float | None = None


class Sent(NamedTuple):
    """What became of one use of a verb, after all its attempts; `error` is None where it had success."""

    verb: Verb
    url: str
    seconds: float
    error: GraphError | None


@dataclass(slots=True)
class Funnel:
    """Sends verbs. `root` is the Graph root, `home_tenant` what a call without a tenant belongs to.

    `deadline` is in seconds and covers all attempts of one verb and the waits between them. `watcher`, if
    there is one, is told what became of each verb.
    """

    connection: Connection
    tokens: TokenSource
    clock: Clock
    root: URL
    cloud: str
    home_tenant: str | None
    deadline: float
    chance: random.Random = field(default_factory=random.Random)  # for pauses and request ids, no secrets
    tally: RequestTally = field(default_factory=RequestTally)
    tracing: Tracing | None = None
    watcher: Callable[[Sent], None] | None = None

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
        request = self._request(verb, tenant, body, address_of(self.root, verb, ids, query), ids)
        request.scenario_id = scenario_id
        answer = await self._repeat(request)
        return None if answer is None else document_of(answer, verb, request.client_request_id)

    async def read(self, verb: Verb, *, tenant: str | None, ids: Mapping[str, str]) -> bytes:
        """Send a verb whose answer is no JSON, and return its bytes."""
        request = self._request(verb, tenant, None, address_of(self.root, verb, ids), ids)
        answer = await self._repeat(request)
        return b"" if answer is None else answer.body

    async def pages(
        self,
        verb: Verb,
        *,
        tenant: str | None,
        ids: Mapping[str, str],
        query: Mapping[str, str] | None = None,
    ) -> list[Mapping[str, object]]:
        """Send a verb that is answered with a list, and return the objects of all its pages."""
        url: URL | None = address_of(self.root, verb, ids, query)
        items: list[Mapping[str, object]] = []
        for _ in range(_MAX_PAGES):
            if url is None:
                break
            request = self._request(verb, tenant, None, url, ids)
            answer = await self._repeat(request)
            page = (
                document_of(answer, verb, request.client_request_id) if answer is not None else None
            ) or {}
            value = page.get("value")
            if not isinstance(value, list):
                raise Unavailable("Graph reported success without a list", verb=verb.name)
            items.extend(item for item in value if isinstance(item, dict))
            url = next_page(url, page, verb)
        return items

    def _request(
        self,
        verb: Verb,
        tenant: str | None,
        body: Mapping[str, object] | None,
        url: URL,
        ids: Mapping[str, str] | None,
    ) -> _Request:
        complaint = verb.complaint(self.cloud, body)
        if complaint is not None:
            raise InvalidArgument(complaint, verb=verb.name)
        return _Request(
            verb,
            url,
            self._tenant(verb, tenant),
            None if body is None else json.dumps(body, separators=(",", ":")).encode(),
            self.clock.monotonic() + self.deadline,
            None if ids is None else ids.get("call_id"),
        )

    async def _repeat(self, request: _Request) -> Answer | None:
        """Send a request to its end, and let whoever watches know."""
        try:
            answer = await (
                self._try_on(request) if self.tracing is None else self._traced(request, self.tracing)
            )
        except GraphError as error:
            self._tell(request, error)
            raise
        self._tell(request, None)
        return answer

    def _tell(self, request: _Request, error: GraphError | None) -> None:
        if self.watcher is not None:
            began = request.deadline - self.deadline
            self.watcher(Sent(request.verb, str(request.url), self.clock.monotonic() - began, error))

    async def _traced(self, request: _Request, tracing: Tracing) -> Answer | None:
        verb, host = request.verb, self.root.host or ""
        with tracing.request(verb.name, verb.method, verb.path, host, request.call_id) as span:
            try:
                answer = await self._try_on(request)
            except GraphError as error:
                span.failed(error, request.attempt)
                raise
            status, graphs = (answer.status, answer.headers.get("request-id")) if answer else (None, None)
            span.answered(status, request.attempt, graphs, request.client_request_id)
            return answer

    async def _try_on(self, request: _Request) -> Answer | None:
        """Try until there is success, an error for good, or no time left."""
        while True:
            request.attempt += 1
            attempt = await self._try_with_fresh_token(request)
            if attempt.answer is not None and attempt.answer.ok:
                self.tally.answered(request.verb.name, None)
                return attempt.answer
            error = self._error(request, attempt)
            self.tally.answered(request.verb.name, error)
            if request.maybe_done and isinstance(error, request.verb.settled_by):
                return None
            request.maybe_done |= attempt.fate is Fate.UNKNOWN
            wait = self._wait(request, attempt) if error.retryable else None
            if wait is None:
                _log.info("request failed", **_facts(request, error))
                raise error from attempt.failure
            _log.info("request will be repeated", wait=wait, **_facts(request, error))
            self.tally.waits(error, wait)
            await sleep(self.clock, wait)

    async def _try_with_fresh_token(self, request: _Request) -> _Attempt:
        """Try once; when Graph does not take a cached token, once more with a new one."""
        token = await self._token(request)
        attempt = await self._try(request, token)
        if attempt.answer is not None and attempt.answer.status == 401 and not request.fresh_token:  # noqa: PLR2004
            request.fresh_token = True
            if self.tokens.drop(request.tenant, token):
                self.tally.answered(request.verb.name, self._error(request, attempt))
                attempt = await self._try(request, await self._token(request))
        return attempt

    async def _token(self, request: _Request) -> str:
        token = self.tokens.cached(request.tenant)
        if token is not None:
            return token
        try:
            tracing = self.tracing
            with nullcontext() if tracing is None else tracing.sign_in(request.tenant):
                async with timeout(self.clock, self._left(request)):
                    return await self.tokens.token(request.tenant)
        except TimeoutError:
            raise GraphTimeout("the sign-in took longer than the deadline", verb=request.verb.name) from None

    async def _try(self, request: _Request, token: str) -> _Attempt:
        request.client_request_id = _random_id(self.chance)
        headers = {"Authorization": f"Bearer {token}", "client-request-id": request.client_request_id}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.scenario_id is not None:
            headers["Scenario-Id"] = request.scenario_id
        began = self.clock.monotonic()
        try:
            answer = await self._exchange(request, headers)
        except NoAnswer as failure:
            return _Attempt(failure.fate, failure=failure)
        finally:
            self.tally.took(request.verb.name, self.clock.monotonic() - began)
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
            url = next_address(url, answer, keeps_method=method == "GET" or answer.status in _KEEPS_METHOD)
        raise NoAnswer("Graph redirects in a circle", Fate.UNKNOWN, repeatable=False)

    def _time_for_one_try(self, request: _Request) -> float:
        left = self._left(request)
        if request.verb.repeat is _FREELY:
            return min(left, self.deadline * _SHARE_OF_ONE_TRY)
        return left

    def _left(self, request: _Request) -> float:
        return max(0.0, request.deadline - self.clock.monotonic())

    def _wait(self, request: _Request, attempt: _Attempt) -> float | None:
        """Return the seconds to wait before the next attempt, or None when there must be none."""
        if request.attempt >= MAX_ATTEMPTS or not may_repeat(request.verb.repeat, attempt.fate):
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


def _random_id(chance: random.Random) -> str:
    """Return a random UUID (version 4) as text: what `uuid.UUID` makes, at a quarter of the price."""
    digits = f"{chance.getrandbits(128) & _RANDOM_BITS | _VERSION_4:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _facts(request: _Request, error: GraphError) -> dict[str, object]:
    scenario = {} if request.scenario_id is None else {"scenario_id": request.scenario_id}
    return {
        **scenario,
        "call_id": request.call_id,
        "tenant": request.tenant,
        "verb": request.verb.name,
        "status": error.status,
        "code": error.code,
        "request_id": error.request_id or request.client_request_id or None,
        "client_request_id": request.client_request_id,
        "attempt": request.attempt,
        "error": type(error).__name__,
    }
