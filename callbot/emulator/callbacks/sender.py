"""Sends one callback: signs it as the platform does, posts it and logs the answer."""

import json
import ssl

import aiohttp

from callbot.clock import Clock, timeout
from callbot.emulator.callbacks.callback import Answer, Callback
from callbot.emulator.faults.plan import FaultPlan
from callbot.emulator.identity.signing import KeyRing
from callbot.emulator.journal import CallbackEntry, Journal
from callbot.emulator.settings import EmulatorSettings
from callbot.emulator.wire import redacted

ISSUER = "https://api.botframework.com"
SERVICE_APP_ID = "a0e1c2d3-0000-4000-8000-5e41c3000001"
_USER_AGENT = "Microsoft-Skype/3.0,(Calling/1.0)"


class CallbackSender:
    """Posts callbacks over one HTTP client. `start` and `close` frame its life."""

    def __init__(
        self, settings: EmulatorSettings, keys: KeyRing, clock: Clock, journal: Journal, plan: FaultPlan
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._keys = keys
        self._clock = clock
        self._journal = journal
        self._client: aiohttp.ClientSession | None = None
        self._tokens: dict[tuple[str, str, str, float], tuple[float, str]] = {}

    def start(self, trust: ssl.SSLContext) -> None:
        """Open the client; `trust` says whose certificates are believed."""
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trust, limit=0),
            timeout=aiohttp.ClientTimeout(total=None),
            headers={"User-Agent": _USER_AGENT, "Accept": "application/json"},
        )

    async def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def send(
        self, callback: Callback, *, attempt: int = 1, fault: str | None = None, empty: bool = False
    ) -> Answer:
        """Post a callback and log it. A failure is an answer without a status, never an exception.

        `fault` is what befalls it, for the log; an `empty` one is posted without its body.
        """
        sent_at = self._clock.time()
        answer = Answer(None, error="the emulator stopped before an answer came")
        try:
            async with timeout(self._clock, callback.time_limit or self._settings.timing.callback_timeout):
                answer = await self._post(callback, empty=empty)
        except TimeoutError:
            answer = Answer(None, error="no answer within the time limit")
        except (aiohttp.ClientError, OSError) as error:
            answer = Answer(None, error=f"{type(error).__name__}: {error}")
        finally:
            self._journal.add(
                CallbackEntry,
                at=sent_at,
                call=callback.call_id,
                url=callback.url,
                message_id=callback.message_id,
                attempt=attempt,
                status=answer.status,
                error=answer.error,
                took=self._clock.time() - sent_at,
                notifications=redacted(callback.body.get("value", callback.body)),
                fault=fault,
            )
        return answer

    async def _post(self, callback: Callback, *, empty: bool) -> Answer:
        if self._client is None:
            raise aiohttp.ClientConnectionError("the emulator is not running")
        headers = {
            "Authorization": f"Bearer {self._token(callback)}",
            "Content-Type": "application/json; charset=utf-8",
            "X-Microsoft-Skype-Chain-ID": callback.chain_id,
            "X-Microsoft-Skype-Message-ID": callback.message_id,
        }
        if callback.scenario_id is not None:
            headers["Scenario-Id"] = callback.scenario_id
        text = "" if empty else json.dumps(callback.body, ensure_ascii=False, separators=(",", ":"))
        async with self._client.post(
            callback.url, data=text.encode(), headers=headers, allow_redirects=False
        ) as response:
            return Answer(response.status, dict(response.headers), await response.read())

    def _token(self, callback: Callback) -> str:
        """Return the token of a callback; within `callback_token_reuse` seconds it is the same one."""
        now = self._clock.time()
        skew = self._plan.settings.token_skew
        key = (callback.app.app_id, callback.tenant_id, self._keys.current.kid, skew)
        made_at, token = self._tokens.get(key, (0.0, ""))
        if not token or now - made_at >= self._settings.unsettled.callback_token_reuse:
            token = self._sign(callback, now + skew)
            self._tokens[key] = (now, token)
        return token

    def _sign(self, callback: Callback, now: float) -> str:
        claims = {
            "tid": callback.tenant_id,
            "appid": SERVICE_APP_ID,
            "nbf": int(now),
            "exp": int(now + self._settings.timing.callback_token),
            "iss": ISSUER,
            "aud": callback.app.app_id,
        }
        # the cty of real callbacks, although the payload is plain claims
        return self._keys.sign(claims, {"typ": "JWT", "cty": "JWT", "x5t": self._keys.current.kid})
