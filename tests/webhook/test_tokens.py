"""Each way a token can be wrong, by name; and the ways it may vary and still be right."""

import asyncio
import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from callbot.errors import UnauthenticatedCallback
from callbot.settings import Settings
from callbot.testing import ManualClock
from callbot.webhook import Authenticator, KeysUnavailable, addressee
from callbot.webhook.auth import authenticator as authenticator_module
from callbot.webhook.auth import jose
from callbot.webhook.auth.jose import MAX_TOKEN
from tests.webhook.platform import APP, LONG_TENANT_CLAIM, TENANT, Platform, public_jwk, raw_token


async def refusal(authenticator: Authenticator, authorization: str | None) -> str:
    with pytest.raises(UnauthenticatedCallback) as refused:
        await authenticator.authenticate(authorization)
    return refused.value.reason


async def test_a_good_token_names_the_app_the_tenant_and_its_end(
    authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    caller = await authenticator.authenticate(platform.bearer())
    assert (caller.app_id, caller.tenant_id) == (APP, TENANT)
    assert caller.expires == int(clock.time()) + 300


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "token"])
async def test_a_missing_token_is_refused(authenticator: Authenticator, authorization: str | None) -> None:
    assert await refusal(authenticator, authorization) in {"no_token", "not_bearer"}


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "....",
        "ä.ö.ü",
        "e30.e30.",
        raw_token([], {}),
        raw_token(b"[" * 5000, {}),
        raw_token(b'{"alg":' + b"[" * 5000, {}),
        raw_token({"alg": "RS256", "kid": 7}, {}),
        raw_token({"alg": "RS256", "kid": "first", "crit": ["x"]}, {}),
        raw_token(b'{"alg":"RS256","kid":"first","n":' + b"9" * 6000 + b"}", {}),
        "A" * (MAX_TOKEN + 1),
    ],
)
async def test_a_malformed_token_is_refused(authenticator: Authenticator, token: str) -> None:
    assert await refusal(authenticator, f"Bearer {token}") in {
        "malformed_token",
        "other_algorithm",
        "no_key_id",
    }


async def test_an_expired_token_is_refused(
    authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    assert await refusal(authenticator, platform.bearer(exp=int(clock.time()) - 60)) == "expired"


async def test_a_token_is_good_until_its_end_plus_the_skew_and_not_longer(
    authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    bearer = platform.bearer(exp=int(clock.time()) + 300)
    await authenticator.authenticate(bearer)
    await clock.advance(300 + 59)
    await authenticator.authenticate(bearer)
    await clock.advance(1)
    assert await refusal(authenticator, bearer) == "expired"


async def test_a_token_that_is_not_yet_valid_is_refused_until_the_skew_allows_it(
    authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    bearer = platform.bearer(nbf=int(clock.time()) + 120, exp=int(clock.time()) + 420)
    assert await refusal(authenticator, bearer) == "not_yet_valid"
    await clock.advance(61)
    await authenticator.authenticate(bearer)


@pytest.mark.parametrize("exp", [None, "1767225900", True, [], -5, float("inf"), 1e300, 10**400])
async def test_a_token_without_a_usable_expiry_is_refused(
    authenticator: Authenticator, platform: Platform, exp: object
) -> None:
    assert await refusal(authenticator, platform.bearer(exp=exp)) in {"no_expiry", "malformed_claims"}


@pytest.mark.parametrize(
    "aud", [None, "", "another-app", [APP], {"a": APP}, 5, APP + " ", f"api://{APP}", APP[:-1]]
)
async def test_a_token_for_another_app_is_refused(
    authenticator: Authenticator, platform: Platform, aud: object
) -> None:
    assert await refusal(authenticator, platform.bearer(aud=aud)) == "other_app"


async def test_the_case_of_the_app_id_does_not_matter(
    authenticator: Authenticator, platform: Platform
) -> None:
    assert (await authenticator.authenticate(platform.bearer(aud=APP.upper()))).app_id == APP


async def test_several_bots_behind_one_url_are_told_apart(
    settings: Settings, platform: Platform, clock: ManualClock
) -> None:
    authenticator = Authenticator.from_settings(settings, clock, further_app_ids=["second-bot"])
    async with authenticator.keys:
        assert (await authenticator.authenticate(platform.bearer(aud="second-bot"))).app_id == "second-bot"
        assert (await authenticator.authenticate(platform.bearer())).app_id == APP
        assert await refusal(authenticator, platform.bearer(aud="third-bot")) == "other_app"


@pytest.mark.parametrize(
    "iss",
    [
        None,
        "",
        "https://sts.windows.net/x/",
        "https://api.botframework.com.evil.example",
        "http://api.botframework.com",
        ["https://api.botframework.com"],
        0,
    ],
)
async def test_a_token_from_another_issuer_is_refused(
    authenticator: Authenticator, platform: Platform, iss: object
) -> None:
    # PyJWT itself refuses to sign some of these: the payload is signed as it is
    claims = platform.claims(iss=iss)
    token = jwt.PyJWS().encode(
        json.dumps(claims).encode(), platform.keys["first"], algorithm="RS256", headers={"kid": "first"}
    )
    assert await refusal(authenticator, f"Bearer {token}") == "other_issuer"


@pytest.mark.parametrize(
    "iss",
    ["https://api.botframework.com", "https://api.botframework.com/", "https://graph.microsoft.com"],
)
async def test_both_issuers_of_the_platform_are_believed_with_and_without_a_slash(
    authenticator: Authenticator, platform: Platform, iss: str
) -> None:
    assert (await authenticator.authenticate(platform.bearer(iss=iss))).app_id == APP


@pytest.mark.parametrize("tid", [None, "", 5, ["x"]])
async def test_a_token_without_a_tenant_is_refused(
    authenticator: Authenticator, platform: Platform, tid: object
) -> None:
    assert await refusal(authenticator, platform.bearer(tid=tid)) == "no_tenant"


async def test_the_tenant_may_come_under_its_long_name(
    authenticator: Authenticator, platform: Platform
) -> None:
    bearer = platform.bearer(tid=None, **{LONG_TENANT_CLAIM: TENANT})
    assert (await authenticator.authenticate(bearer)).tenant_id == TENANT


async def test_a_token_that_names_two_tenants_is_refused(
    authenticator: Authenticator, platform: Platform
) -> None:
    assert await refusal(authenticator, platform.bearer(**{LONG_TENANT_CLAIM: "another"})) == "no_tenant"


async def test_a_token_of_another_tenant_is_refused_when_tenants_are_listed(
    settings: Settings, platform: Platform, clock: ManualClock
) -> None:
    listed = settings.model_copy(update={"allowed_tenants": (TENANT.upper(),)})
    authenticator = Authenticator.from_settings(listed, clock)
    async with authenticator.keys:
        assert (await authenticator.authenticate(platform.bearer())).tenant_id == TENANT
        assert await refusal(authenticator, platform.bearer(tid="another")) == "tenant_not_allowed"


async def test_a_token_signed_with_another_key_is_refused(
    authenticator: Authenticator, platform: Platform
) -> None:
    forged = platform.token(kid="stranger", headers={"kid": "first"})
    assert await refusal(authenticator, f"Bearer {forged}") == "bad_signature"


async def test_a_token_whose_claims_were_changed_is_refused(
    authenticator: Authenticator, platform: Platform
) -> None:
    header, _, signature = platform.token().split(".")
    _, payload, _ = platform.token(platform.claims(tid="another")).split(".")
    assert await refusal(authenticator, f"Bearer {header}.{payload}.{signature}") == "bad_signature"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None])
async def test_an_unsigned_token_is_refused(
    authenticator: Authenticator, platform: Platform, alg: str | None
) -> None:
    token = raw_token({"alg": alg, "kid": "first", "typ": "JWT"}, platform.claims())
    assert await refusal(authenticator, f"Bearer {token}") == "other_algorithm"


@pytest.mark.parametrize("alg", ["HS256", "HS384", "RS384", "PS256", "ES256", "rs256"])
async def test_a_token_with_another_algorithm_is_refused_even_if_signed_with_the_public_key(
    authenticator: Authenticator, platform: Platform, alg: str
) -> None:
    public = (
        platform.keys["first"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    unsigned = raw_token({"alg": alg, "kid": "first", "typ": "JWT"}, platform.claims()).rstrip(".")
    digest = hmac.new(public, unsigned.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert await refusal(authenticator, f"Bearer {unsigned}.{signature}") == "other_algorithm"


@pytest.mark.parametrize("pointer", ["jku", "x5u", "jwk", "x5c"])
async def test_a_key_that_the_token_brings_along_is_not_used(
    authenticator: Authenticator, platform: Platform, pointer: str
) -> None:
    own = public_jwk(platform.keys["stranger"], "own")
    value: object = {"jwk": own, "x5c": ["MIIB"]}.get(pointer, f"{platform.root}/own-keys")
    forged = platform.token(kid="stranger", headers={"kid": "own", pointer: value})
    assert await refusal(authenticator, f"Bearer {forged}") == "unknown_key"
    forged = platform.token(kid="stranger", headers={"kid": "first", pointer: value})
    assert await refusal(authenticator, f"Bearer {forged}") == "bad_signature"


@pytest.mark.parametrize(
    "kid",
    ["", "../../etc/passwd", "first\0", "FIRST", "first' OR '1'='1", "https://evil.example/k", "k" * 300],
)
async def test_tricks_with_the_key_id_find_no_key(
    authenticator: Authenticator, platform: Platform, kid: str
) -> None:
    forged = platform.token(kid="stranger", headers={"kid": kid})
    assert await refusal(authenticator, f"Bearer {forged}") in {"unknown_key", "no_key_id"}


async def test_a_token_with_a_detached_payload_is_refused(
    authenticator: Authenticator, platform: Platform
) -> None:
    detached = jwt.PyJWS().encode(
        json.dumps(platform.claims()).encode(),
        platform.keys["first"],
        algorithm="RS256",
        headers={"kid": "first", "b64": False},
        is_payload_detached=True,
    )
    assert await refusal(authenticator, f"Bearer {detached}") == "malformed_token"


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 9000])
async def test_a_signed_token_without_claims_is_refused(
    authenticator: Authenticator, platform: Platform, payload: bytes
) -> None:
    token = jwt.PyJWS().encode(payload, platform.keys["first"], algorithm="RS256", headers={"kid": "first"})
    assert await refusal(authenticator, f"Bearer {token}") == "malformed_claims"


async def test_a_burst_with_one_token_costs_one_verification(
    authenticator: Authenticator, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[bytes] = []

    def verify(token: bytes, key: RSAPublicKey) -> dict[str, object]:
        verified.append(token)
        return jose.verify(token, key)

    monkeypatch.setattr(authenticator_module, "verify", verify)
    bearer = platform.bearer()
    callers = await asyncio.gather(*(authenticator.authenticate(bearer) for _ in range(50)))
    assert len(set(callers)) == 1
    assert len(verified) == 1
    assert platform.fetches == 1


async def test_remembered_tokens_are_bounded(
    authenticator: Authenticator, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticator_module, "MAX_REMEMBERED", 3)
    for number in range(5):
        await authenticator.authenticate(platform.bearer(tid=f"tenant-{number}"))
    assert len(authenticator._remembered) == 3


async def test_nothing_remembered_lets_a_token_outlive_its_key(
    authenticator: Authenticator, platform: Platform, clock: ManualClock
) -> None:
    bearer = platform.bearer(exp=int(clock.time()) + 36_000)
    await authenticator.authenticate(bearer)
    platform.publish("second")
    await clock.advance(7200)
    await authenticator.keys.refresh()
    assert await refusal(authenticator, bearer) == "unknown_key"


async def test_without_keys_nobody_can_tell_whether_a_token_is_good(
    authenticator: Authenticator, platform: Platform
) -> None:
    platform.status = 503
    with pytest.raises(KeysUnavailable):
        await authenticator.authenticate(platform.bearer())
    assert await refusal(authenticator, None) == "no_token"


@pytest.mark.parametrize("tid", ["../../evil", "a\nb", " ", "a" * 300, "tenant/x", "-"])
async def test_a_tenant_that_could_lead_a_sign_in_astray_is_refused(
    authenticator: Authenticator, platform: Platform, tid: str
) -> None:
    assert await refusal(authenticator, platform.bearer(tid=tid)) == "malformed_claims"


def signed(platform: Platform, header: bytes, payload: bytes) -> list[bytes]:
    """Return the parts of a token with header and payload spelt as given, signed by the platform."""
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, payload)]
    signature = platform.keys["first"].sign(b".".join(parts), PKCS1v15(), hashes.SHA256())
    return [*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]


HEADER = b'{"alg":"RS256","kid":"first"}'
MOMENTS = [
    "9" * 6000,
    "1e400",
    "NaN",
    "-Infinity",
    "true",
    "[4102444800]",
    '"4102444800"',
    "-1",
    "null",
    "{}",
]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_lifetime_that_is_no_moment_is_refused(
    authenticator: Authenticator, platform: Platform, moment: str
) -> None:
    claims = json.dumps(platform.claims(exp=None))[:-1] + f', "exp": {moment}}}'
    token = b".".join(signed(platform, HEADER, claims.encode())).decode()
    assert await refusal(authenticator, f"Bearer {token}") in {"malformed_claims", "no_expiry"}


@pytest.mark.parametrize("audience", [[APP], [APP, "x"], {APP: 1}, f"{APP} ", f"{APP}\0", 5])
async def test_an_audience_is_one_app_and_spelt_as_one(
    authenticator: Authenticator, platform: Platform, audience: object
) -> None:
    assert await refusal(authenticator, platform.bearer(aud=audience)) == "other_app"


async def test_of_a_claim_made_twice_the_last_one_counts_wherever_it_is_read(
    authenticator: Authenticator, platform: Platform
) -> None:
    """The signature covers both, so nobody but the platform can do it; no two readers may differ."""
    claims = json.dumps(platform.claims())[:-1] + ', "aud": "another"}'
    token = b".".join(signed(platform, HEADER, claims.encode())).decode()
    assert await refusal(authenticator, f"Bearer {token}") == "other_app"
    assert addressee(f"Bearer {token}") == "another"


@pytest.mark.parametrize(
    "extension", ['"crit":["exp"]', '"crit":[]', '"crit":["b64"],"b64":true', '"b64":false', '"b64":"no"']
)
async def test_a_token_that_asks_for_an_extension_is_refused(
    authenticator: Authenticator, platform: Platform, extension: str
) -> None:
    header = HEADER[:-1] + f",{extension}}}".encode()
    token = b".".join(signed(platform, header, json.dumps(platform.claims()).encode())).decode()
    assert await refusal(authenticator, f"Bearer {token}") == "malformed_token"


async def test_a_token_has_one_spelling(authenticator: Authenticator, platform: Platform) -> None:
    """What lenient decoders skip (RFC 7515 has no padding, no line breaks) or read as five parts."""
    header, payload, signature = platform.token().split(".")
    assert (await authenticator.authenticate(f"Bearer {header}.{payload}.{signature}")).app_id == APP
    spelt = [
        f"{header}.{payload}.{signature}==",
        f"{header}.{payload}.{signature}!!",
        f"{header}.{payload}.{signature}.",
        f"{header}.{payload}.{signature}.{signature}",
        f"{header}.{payload[:8]}.{payload[8:]}.{signature[:8]}.{signature[8:]}",
        f"{header}.{payload}.{signature[:8]}~{signature[8:]}",
        f"{header}. {payload}.{signature}",
        f".{header}.{payload}.{signature}",
        f"{header}..{signature}",
        f"{header}.{payload}.",
    ]
    for token in spelt:
        assert await refusal(authenticator, f"Bearer {token}") in {"malformed_token", "bad_signature"}


async def test_a_token_for_one_bot_opens_no_other(
    settings: Settings, platform: Platform, clock: ManualClock, authenticator: Authenticator
) -> None:
    bearer = platform.bearer()
    assert (await authenticator.authenticate(bearer)).app_id == APP
    other = Authenticator.from_settings(settings.model_copy(update={"app_id": "another-bot"}), clock)
    async with other.keys:
        assert await refusal(other, bearer) == "other_app"
