"""A throw-away certificate authority, so that emulator and bot speak real TLS on one machine."""

import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from callbot.clock import SystemClock

_LIFETIME = timedelta(days=365)
_MARGIN = timedelta(days=1)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """Issues server certificates and keeps them in a directory.

    `ca_file` is what a client has to trust. Whatever is still in the directory and still valid is used
    again, so that a bot that trusts the file keeps trusting it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.ca_file = directory / "ca.pem"
        self._key, self._certificate = self._load() or self._create()

    def issue(self, name: str, hosts: Sequence[str] = _LOOPBACK) -> Issued:
        """Return `name`.pem and `name`.key for a server known by `hosts` (names or addresses)."""
        issued = Issued(self._directory / f"{name}.pem", self._directory / f"{name}.key")
        if self._usable(issued, hosts):
            return issued
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(hosts[0], self._certificate.subject, key)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(_authority_id(self._key), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        _write_key(issued.key, key)
        issued.certificate.write_bytes(_pem(certificate) + _pem(self._certificate))
        return issued

    def _load(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
        try:
            certificate = x509.load_pem_x509_certificate(self.ca_file.read_bytes())
            key = _read_key(self._directory / "ca.key")
        except (OSError, ValueError):
            return None
        if not _in_date(certificate) or certificate.public_key() != key.public_key():
            return None
        return key, certificate

    def _create(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "callbot emulator CA")])
        certificate = (
            _builder("callbot emulator CA", name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(_authority_id(key), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write_key(self._directory / "ca.key", key)
        self.ca_file.write_bytes(_pem(certificate))
        return key, certificate

    def _usable(self, issued: Issued, hosts: Sequence[str]) -> bool:
        try:
            certificate = x509.load_pem_x509_certificate(issued.certificate.read_bytes())
            key = _read_key(issued.key)
            certificate.verify_directly_issued_by(self._certificate)
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            return False
        wanted = {_general_name(host) for host in hosts}
        return _in_date(certificate) and certificate.public_key() == key.public_key() and wanted <= set(names)


@lru_cache(maxsize=8)
def trusting(authorities: tuple[str, ...]) -> ssl.SSLContext:
    """Return a client context that believes the machine's authorities and those in `authorities` (PEM).

    Reading the machine's authorities takes long enough to do it once.
    """
    context = ssl.create_default_context()
    for pem in authorities:
        context.load_verify_locations(cadata=pem)
    return context


def _now() -> datetime:
    # TLS looks at the machine's clock, whatever clock the emulator runs on
    return datetime.fromtimestamp(SystemClock().time(), UTC)


def _in_date(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_before_utc <= _now() <= certificate.not_valid_after_utc - _MARGIN


def _builder(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _MARGIN)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is not an elliptic-curve key")
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, pem)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
