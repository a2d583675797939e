"""The platform on a loopback socket with TLS, and a receiver that trusts it."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import NameOID

from callbot.settings import Settings
from callbot.testing import ManualClock
from callbot.webhook import Authenticator, Receiver
from tests.webhook.host import Host
from tests.webhook.platform import APP, Platform, Tls, signing_key


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A private authority and its certificate for 127.0.0.1."""
    folder: Path = tmp_path_factory.mktemp("tls")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callbot tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = _certificate(name, ca_name, key, ca_key, address)
    ca_file, chain_file = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    chain_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + leaf.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain_file)
    return Tls(server, ca_file)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(extension, critical=True)
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, RSAPrivateKey]:
    """Made once: RSA keys take a while."""
    return {kid: signing_key() for kid in ("first", "second", "stranger")}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, whatever the machine's proxy is."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
async def platform(
    clock: ManualClock, signing_keys: dict[str, RSAPrivateKey], tls: Tls
) -> AsyncIterator[Platform]:
    platform = Platform(clock, signing_keys)
    platform.publish("first")
    runner = web.AppRunner(platform.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server)
    await site.start()
    platform.root = f"https://127.0.0.1:{runner.addresses[0][1]}"
    yield platform
    await runner.cleanup()


@pytest.fixture
def settings(platform: Platform, tls: Tls) -> Settings:
    return Settings(
        app_id=APP,
        client_secret="not used here",
        callback_url="https://bot.example/callback",
        metadata_url=platform.metadata_url,
        ca_file=tls.ca_file,
        max_body=4096,
    )


@pytest.fixture
async def authenticator(settings: Settings, clock: ManualClock) -> AsyncIterator[Authenticator]:
    authenticator = Authenticator.from_settings(settings, clock)
    yield authenticator
    await authenticator.aclose()


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def receiver(settings: Settings, authenticator: Authenticator, clock: ManualClock, host: Host) -> Receiver:
    return Receiver(
        settings=settings, authenticator=authenticator, accept=host.accept, clock=clock, doubt=host.doubt
    )
