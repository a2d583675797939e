"""The promise of the receiver: it never raises, is never at fault, and takes nothing from strangers."""

import json
from collections.abc import Coroutine
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from callbot.settings import Settings
from callbot.testing import ManualClock
from callbot.webhook import Authenticator, Callback, ClaimChecks, Full, KeyCache, Receiver, Reply, addressee
from fuzz.dice import Dice
from fuzz.documents import APP, ODD, TENANT, envelope, written

ISSUER = "https://api.botframework.com"
ANSWERS = frozenset({202, 204, 400, 401, 403, 405, 413, 415})
HEADERS = (
    *("Content-Type", "X-Microsoft-Skype-Message-ID", "X-Microsoft-Skype-Chain-ID", "Scenario-Id"),
    *("client-request-id", "Content-Encoding", "authorization", "", "\r\nX"),
)
VALUES = (
    *(
        "application/json",
        "application/json; charset=utf-16",
        "m-1",
        "a\r\nSet-Cookie: x=1",
        "",
        "\0",
        "é",
        "x" * 200,
    ),
    *("text/html", "{1}", ";", "Bearer x"),
)


@lru_cache
def _key(name: str) -> RSAPrivateKey:
    assert name
    return generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache
def _settings() -> Settings:
    return Settings(
        app_id=APP, managed_identity="system", callback_url="https://bot.example.com/c", max_body=32 * 1024
    )


class _Keys(KeyCache):
    """One key, at hand; none is fetched."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__("https://keys.invalid", clock=clock)

    @property
    def ready(self) -> bool:
        return True

    def peek(self, kid: str) -> RSAPublicKey | None:
        return _key("platform").public_key() if kid == "known" else None

    async def find(self, kid: str) -> RSAPublicKey | None:
        return self.peek(kid)


def receive_anything(content: bytes) -> None:
    """Give a receiver one request after another."""
    dice, clock = Dice(content), ManualClock()
    full = dice.chance(8)
    taken: list[Callback] = []

    async def accept(callback: Callback) -> Reply | None:
        if full:
            raise Full(2.0)
        taken.append(callback)
        return None

    checks = ClaimChecks(app_ids=[APP], issuers=[ISSUER], allowed_tenants=(), skew=60.0)
    receiver = Receiver(
        settings=_settings(),
        authenticator=Authenticator(checks=checks, keys=_Keys(clock), clock=clock),
        accept=accept,
        clock=clock,
        doubt=lambda _caller, _chain: None,
    )
    for _ in range(1 + dice.below(3)):
        _try_one(receiver, dice, clock, taken, full=full)


def _try_one(
    receiver: Receiver, dice: Dice, clock: ManualClock, taken: list[Callback], *, full: bool
) -> None:
    known, token = _token(dice, clock)
    headers = {dice.choice(HEADERS): dice.choice(VALUES) for _ in range(dice.below(4))}
    headers["Authorization"] = token
    method = dice.choice(("POST", "POST", "POST", "post", "GET", "", "POST\0"))
    body = written(envelope(dice), dice) if dice.chance(2) else dice.take(200)
    before = len(taken)
    addressee(token)
    reply = _at_once(receiver.handle(method, headers, body))
    assert reply.status in ANSWERS | ({503} if full else set()), reply
    assert all(value.isascii() and value.isprintable() for value in reply.headers.values()), reply
    if not known and "authorization" not in headers:
        assert reply.status in {401, 405}, reply
        assert len(taken) == before, "nothing is taken from a stranger"


def _token(dice: Dice, clock: ManualClock) -> tuple[bool, str]:
    """Return an `Authorization` header, and whether the platform could have sent it."""
    now = int(clock.time())
    claims: dict[str, object] = {"iss": ISSUER, "aud": APP, "tid": TENANT, "nbf": now, "exp": now + 300}
    good = _signed(json.dumps(claims).encode())
    match dice.below(6):
        case 0 | 1 | 2:
            return True, f"Bearer {good}"
        case 3:
            return False, f"Bearer {_signed(json.dumps(claims).encode(), 'stranger')}"
        case 4:
            return _odd_claims(dice, claims)
        case _:
            damaged = bytearray(good.encode())
            place = (dice.below(256) * 256 + dice.below(256)) % len(damaged)
            damaged[place : place + dice.below(3)] = dice.take(1 + dice.below(4))
            return damaged == good.encode(), "Bearer " + damaged.decode("latin-1")


def _odd_claims(dice: Dice, claims: dict[str, object]) -> tuple[bool, str]:
    """A token that the platform has signed, of another kind than it signs."""
    name = dice.choice((*claims, "sub"))
    value = dice.choice(ODD)
    payload = json.dumps(claims | {name: value}).encode() if dice.chance(2) else dice.take(60)
    refused = name in {"iss", "aud", "exp"} and value != claims[name] and payload.startswith(b'{"iss"')
    return not refused, f"Bearer {_signed(payload)}"


@lru_cache(1000)
def _signed(payload: bytes, key: str = "platform") -> str:
    return jwt.PyJWS().encode(payload, _key(key), algorithm="RS256", headers={"kid": "known"})


def _at_once(work: Coroutine[object, object, Reply]) -> Reply:
    """Return what a coroutine returns that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        reply: Reply = done.value
        return reply
    raise AssertionError("the receiver waits for something although all is at hand")
