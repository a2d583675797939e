"""The token endpoint, met through MSAL and by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from callbot.emulator import APP_ID, APP_SECRET, TENANT_ID, AppRegistration
from tests.emulator.bot import Bot
from tests.emulator.conftest import Start

OTHER_TENANT = "9c1b6f0e-0f3b-4f0a-8a53-5a6e5d3c2b99"


async def test_msal_gets_a_signed_token_with_the_apps_roles(bot: Bot) -> None:
    answer = await asyncio.to_thread(bot.acquire)
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["aud"] == bot.emulator.graph_root
    assert (claims["appid"], claims["tid"]) == (APP_ID, TENANT_ID)
    assert "Calls.Initiate.All" in claims["roles"]
    assert answer["expires_in"] == 3599


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"secret": "wrong"}, 7000215),
        ({"app_id": "00000000-0000-0000-0000-000000000000"}, 700016),
    ],
)
async def test_a_wrong_identity_gets_the_documented_error(
    bot: Bot, changes: dict[str, Any], number: int
) -> None:
    for key, value in changes.items():
        setattr(bot, key, value)
    answer = await asyncio.to_thread(bot.acquire)
    assert answer["error_codes"] == [number]
    assert f"AADSTS{number}" in answer["error_description"]


async def test_an_unknown_tenant_has_no_metadata(bot: Bot) -> None:
    with pytest.raises(ValueError, match=r"AADSTS90002|tenant"):
        await asyncio.to_thread(bot.acquire, tenant=OTHER_TENANT)


async def test_a_tenant_that_has_not_consented_does_not_know_the_app(start: Start) -> None:
    bot = await start(tenants=(OTHER_TENANT,))
    answer = await asyncio.to_thread(bot.acquire, tenant=OTHER_TENANT)
    assert answer["error_codes"] == [700016]


@pytest.mark.parametrize(
    ("form", "status", "number"),
    [
        ({"grant_type": "password"}, 400, 70003),
        ({"client_secret": None}, 401, 7000216),
        ({"scope": "https://graph.microsoft.com/Calls.Initiate.All"}, 400, 1002012),
        ({"scope": "https://vault.example.com/.default"}, 400, 500011),
    ],
)
async def test_a_malformed_token_request_is_refused(
    bot: Bot, form: dict[str, Any], status: int, number: int
) -> None:
    full = {
        "grant_type": "client_credentials",
        "client_id": APP_ID,
        "client_secret": APP_SECRET,
        "scope": f"{bot.emulator.graph_root}/.default",
        **form,
    }
    sent = {key: value for key, value in full.items() if value is not None}
    url = f"{bot.emulator.authority}/{TENANT_ID}/oauth2/v2.0/token"
    async with bot.client.post(url, data=sent) as response:
        assert response.status == status
        assert (await response.json())["error_codes"] == [number]


async def test_a_client_assertion_is_verified_with_the_registered_certificate(
    start: Start, tmp_path: Path
) -> None:
    registered, own_key = certificate(tmp_path, "registered")
    other, other_key = certificate(tmp_path, "other")
    bot = await start(apps=(AppRegistration(certificates=(registered,)),))

    good = {"private_key": own_key, "public_certificate": registered.read_text()}
    answer = await asyncio.to_thread(bot.acquire, good)
    assert "access_token" in answer

    bad = {"private_key": other_key, "public_certificate": other.read_text()}
    answer = await asyncio.to_thread(bot.acquire, bad)
    assert answer["error_codes"] == [700027]


async def test_the_log_knows_token_requests_but_no_secret(bot: Bot) -> None:
    await bot.token()
    text = str([entry.as_json() for entry in bot.emulator.log])
    assert "/oauth2/v2.0/token" in text
    assert APP_SECRET not in text


def certificate(folder: Path, name: str) -> tuple[Path, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return path, private.decode()
