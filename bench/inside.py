"""callbot in this process, without HTTP around it: receiver, intake, mailboxes, fold, handlers, all real.

What a measurement needs that is about callbot alone: cost, memory and counts of what it does. The signing
keys are at hand instead of fetched; everything else is put together as `callbot.service` does it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bench.stage import APP_ID, ISSUER, TENANTS
from bench.wire import Step, envelope, headers
from callbot import Call, CallBot, Settings, Tone, Transition
from callbot.clock import Clock, SystemClock
from callbot.emulator.identity.signing import KeyRing, SigningKey
from callbot.runtime import Runtime
from callbot.webhook import Receiver
from callbot.webhook.auth.authenticator import Authenticator
from callbot.webhook.auth.claims import ClaimChecks
from callbot.webhook.auth.keys import KeyCache
from callbot.webhook.callback import Reply

Prepared = tuple[Mapping[str, str], bytes]


class KeysAtHand(KeyCache):
    """Signing keys that need no network."""

    def __init__(self, keys: Mapping[str, RSAPublicKey], clock: Clock) -> None:
        super().__init__("https://keys.invalid", clock=clock)
        self._at_hand = dict(keys)

    @property
    def ready(self) -> bool:
        """They are there."""
        return True

    def peek(self, kid: str) -> RSAPublicKey | None:
        """Return the key with this id."""
        return self._at_hand.get(kid)


@dataclass(frozen=True, slots=True)
class Inside:
    """A running bot and the way in."""

    runtime: Runtime
    receiver: Receiver
    tokens: tuple[str, ...]

    def prepare(self, steps: Iterable[Step]) -> list[Prepared]:
        """Return callbacks as they arrive, made before a clock starts."""
        found: list[Prepared] = []
        for step in steps:
            body = envelope(step)
            sent = headers(step, body, self.tokens[step.tenant])
            found.append(({name.lower(): value for name, value in sent.items()}, body))
        return found

    async def take(self, prepared: Iterable[Prepared]) -> None:
        """Give in callbacks one after the other; raises unless each is accepted."""
        for fields, body in prepared:
            caller = await self.receiver.admit("POST", fields)
            reply = caller if isinstance(caller, Reply) else await self.receiver.receive(caller, fields, body)
            if reply.status != 202:  # noqa: PLR2004 - HTTP's own number
                raise RuntimeError(f"the callback was answered with {reply.status}")

    async def settled(self) -> None:
        """Let everything run that waits."""
        while not self.runtime.idle:  # noqa: ASYNC110 - what is waited for may be anything
            await asyncio.sleep(0)


@asynccontextmanager
async def inside(bot: CallBot, clock: Clock | None = None, **more: object) -> AsyncIterator[Inside]:
    """Run `bot` in this process; further arguments are settings."""
    clock = clock or SystemClock()
    ring = KeyRing(SigningKey.generate())
    now = int(clock.time())
    claims = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 60, "exp": now + 40_000}
    tokens = tuple(ring.sign({**claims, "tid": tenant}) for tenant in TENANTS)
    checks = ClaimChecks(app_ids=(APP_ID,), issuers=(ISSUER,), allowed_tenants=(), skew=60)
    keys = KeysAtHand({ring.current.kid: ring.current.public}, clock)
    settings = _settings(more)
    runtime = Runtime(bot, settings, clock=clock)
    receiver = Receiver(
        settings=settings,
        authenticator=Authenticator(checks=checks, keys=keys, clock=clock),
        accept=runtime.intake.accept,
        clock=clock,
        doubt=runtime.intake.doubt,
    )
    await runtime.start()
    try:
        yield Inside(runtime, receiver, tokens)
    finally:
        await runtime.stop()


def _settings(more: Mapping[str, object]) -> Settings:
    """Settings of a bot that nobody looks after for a while: no read is due while something is measured."""
    values: dict[str, object] = {
        "app_id": APP_ID,
        "tenant_id": TENANTS[0],
        "client_secret": "of-the-bench",
        "callback_url": "https://bot.example.com/api/calls",
        "graph_root": "https://graph.invalid",
        "reconcile_interval": 20_000.0,
        "keep_alive_interval": 2_700.0,
        "store": "memory://",
        "max_queued": 1_000_000,
    }
    return Settings(**(values | dict(more)))


class Counting(CallBot):
    """A bot with a hook for everything the bench sends; the hooks only count."""

    def __init__(self) -> None:
        self.handled = 0

    async def on_transition(self, call: Call, transition: Transition) -> None:  # noqa: ARG002 - it counts
        """Count it."""
        self.handled += 1

    async def on_tone(self, call: Call, tone: Tone) -> None:  # noqa: ARG002 - it counts
        """Count it."""
        self.handled += 1
