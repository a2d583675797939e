"""Receives callbacks, in no framework's terms: authenticate, read, hand over, answer at once.

Nothing unauthenticated gets past the first step, and nothing is ever raised into the host. A callback from a
known sender that cannot be read leaves doubt about a call; whoever asked for it is told, so that the call
can be read again.

https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications
"""

import json
from collections.abc import Mapping
from typing import Protocol

from callbot.clock import Clock
from callbot.errors import CallbackError, UnauthenticatedCallback
from callbot.log import CONTEXT, Context, Span, about, get_logger, note
from callbot.model.notification import Notification
from callbot.settings import Settings
from callbot.tracing import Tracing, tracing_of
from callbot.webhook.auth.claims import Caller
from callbot.webhook.auth.jwks import KeysUnavailable
from callbot.webhook.auth.keys import RETRY_AFTER
from callbot.webhook.callback import Accept, Callback, Doubt, Full, Refused, Reply
from callbot.webhook.decode import is_legacy_probe, notifications, parse
from callbot.webhook.headers import AUTHORIZATION, CONTENT_TYPE, Correlation, fold, is_json, retry_after
from callbot.webhook.redelivery import RedeliveryMemory, delivery_key
from callbot.webhook.tally import Tally

_ACCEPTED = Reply(202)
_log = get_logger(__name__)


class Authenticates(Protocol):
    """What the receiver asks who sent a callback; `Authenticator` is one."""

    async def authenticate(self, authorization: str | None) -> Caller:
        """Return the sender; raise `UnauthenticatedCallback` or `KeysUnavailable`."""
        ...


class Receiver:
    """Takes callbacks in.

    `handle` does all of it. A host that streams calls `admit` first, so that a stranger's body is not even
    read, and then `receive`.

    Args:
        settings: `max_body` is what counts here.
        authenticator: says who sent a callback.
        accept: takes a callback over. The `202` waits for it, so it must be quick: queue, then return.
        clock: what time it is.
        doubt: told of every callback from a known sender that was refused for its content.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        authenticator: Authenticates,
        accept: Accept,
        clock: Clock,
        doubt: Doubt | None = None,
    ) -> None:
        self.max_body = settings.max_body
        self.clock = clock
        self.tally = Tally(clock, traced=settings.tracing)
        self._authenticator = authenticator
        self._accept = accept
        self._doubt = doubt
        self._path = settings.callback_path
        self._tracing: Tracing | None = tracing_of(settings)
        self._memories: dict[str, RedeliveryMemory] = {}

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of callbacks by result: `accepted`, `redelivered`, `probe`, or the reason of refusal."""
        return self.tally.counts

    async def handle(self, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to a request. Never raises."""
        folded = fold(headers)
        caller = await self.admit(method, folded)
        if isinstance(caller, Reply):
            return caller
        return await self.receive(caller, folded, body)

    async def admit(self, method: str, headers: Mapping[str, str]) -> Caller | Reply:
        """Return who sent the request, or the answer that turns it away. Never raises.

        `headers` is looked up by lower-case names: fold them, or pass a mapping that ignores case.
        """
        if method != "POST":
            return self.refuse(405, "other_method", "callbacks are sent with POST", {"Allow": "POST"})
        try:
            return await self._authenticator.authenticate(headers.get(AUTHORIZATION))
        except UnauthenticatedCallback as error:
            self.tally.refused(error.reason, str(error), 401)
            return Reply(401, {"WWW-Authenticate": "Bearer"})  # why is for the log, not for strangers
        except KeysUnavailable as error:
            return self.refuse(503, "no_keys", str(error), retry_after(RETRY_AFTER))
        except Exception as error:  # noqa: BLE001 - nothing is raised into the host
            return self._broken(error)

    async def receive(self, caller: Caller, headers: Mapping[str, str], body: bytes) -> Reply:
        """Return the answer to an authenticated request. Never raises. `headers` as in `admit`."""
        if self._tracing is None:
            return await self._answer(caller, headers, body, None)
        with self._tracing.callback(self._path, headers) as span:
            reply = await self._answer(caller, headers, body, span)
            span.answered(reply.status)
            return reply

    async def _answer(
        self, caller: Caller, headers: Mapping[str, str], body: bytes, span: Span | None
    ) -> Reply:
        ids = Correlation.read(headers)
        before = CONTEXT.set(_context(caller, ids, span))
        try:
            reply = await self._receive(caller, headers, ids, body)
            if reply is _ACCEPTED:
                return Reply(202, ids.echo())
        except Full as full:
            reply = self.refuse(503, "full", str(full), retry_after(full.retry_after))
        except CallbackError as error:
            reply = self._turn_away(caller, ids, error)
        except Exception as error:  # noqa: BLE001 - nothing is raised into the host
            reply = self._broken(error)
        finally:
            CONTEXT.reset(before)  # the connection's next request may be a stranger's
        return Reply(reply.status, {**ids.echo(), **reply.headers}, reply.body)

    def turn_away(self, caller: Caller, headers: Mapping[str, str], error: CallbackError) -> Reply:
        """Return the answer to a known sender whose callback cannot be read, and pass the doubt on."""
        ids = Correlation.read(headers)
        with about(_context(caller, ids, None)):
            reply = self._turn_away(caller, ids, error)
        return Reply(reply.status, {**ids.echo(), **reply.headers}, reply.body)

    def refuse(
        self, status: int, reason: str, message: str, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Count a refusal and return the answer that says why; `reason` and `message` are fixed text."""
        self.tally.refused(reason, message, status)
        error = {"error": {"code": reason, "message": message}}
        return Reply(
            status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(error).encode()
        )

    def _turn_away(self, caller: Caller, ids: Correlation, error: CallbackError) -> Reply:
        if self._doubt is not None:
            try:
                self._doubt(caller, ids.chain)
            except Exception:  # noqa: BLE001 - nothing is raised into the host
                _log.exception("could not pass on the doubt about a call")
        status = error.status if isinstance(error, Refused) else 400
        return self.refuse(status, error.reason, str(error))

    async def _receive(
        self, caller: Caller, headers: Mapping[str, str], ids: Correlation, body: bytes
    ) -> Reply:
        if len(body) > self.max_body:
            raise Refused(413, "too_large", f"the body has more than {self.max_body} bytes")
        if not is_json(headers):
            raise Refused(415, "other_media_type", "the body is not labelled as JSON")
        document = parse(body, headers.get(CONTENT_TYPE))
        if is_legacy_probe(document):
            self.tally.count("probe")
            return Reply(204)
        found = notifications(document)
        call_id = found[0].call_id if len(found) == 1 else None
        CONTEXT.set((call_id, caller.tenant_id, caller.app_id, None, None, document, CONTEXT.get()[6]))
        if self._tracing is not None:
            note("callbot.notifications", len(found))
        _check_tenants(caller, found)
        callback = Callback(
            caller, tuple(found), ids.message, ids.scenario, ids.chain, received_at=self.clock.time()
        )
        if ids.message is None:
            return await self._hand_over(callback)
        return await self._hand_over_once(callback, delivery_key(caller.tenant_id, ids.message, body))

    async def _hand_over_once(self, callback: Callback, key: int) -> Reply:
        app_id = callback.caller.app_id
        memory = self._memories.get(app_id)
        if memory is None:
            memory = self._memories[app_id] = RedeliveryMemory(self.clock)
        answer = await memory.begin(key)
        if answer is not None:
            self.tally.count("redelivered")
            return answer
        reply = None
        try:
            reply = await self._hand_over(callback)
        finally:
            memory.end(key, reply)
        return reply

    async def _hand_over(self, callback: Callback) -> Reply:
        reply = await self._accept(callback)
        self.tally.count("accepted")
        return reply or _ACCEPTED

    def _broken(self, error: Exception) -> Reply:
        _log.error("failed to take a callback", exc_info=error)
        return self.refuse(500, "internal_error", "the bot failed to take the callback; its log says why")


def _context(caller: Caller, ids: Correlation, span: Span | None) -> Context:
    """What log lines say while a callback is dealt with."""
    why = (ids.message or ids.request, ids.scenario, ids.chain, span)
    return (None, caller.tenant_id, caller.app_id, None, None, None, why)


def _check_tenants(caller: Caller, found: list[Notification]) -> None:
    """Refuse notifications about another tenant than the token's, and a callback without any.

    The sender is known, so the token is not the fault; it just may not speak for that tenant.
    """
    if not found:
        raise Refused(400, "no_notifications", "the envelope holds no notification")
    for notification in found:
        data = notification.resource_data
        tenant = data.get("tenantId") if isinstance(data, dict) else None
        if tenant is None or tenant == caller.tenant_id:
            continue
        if not isinstance(tenant, str) or tenant.lower() != caller.tenant_id.lower():
            raise Refused(403, "other_tenant", "a notification is about another tenant than the token's")
