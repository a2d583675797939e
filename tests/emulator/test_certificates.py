"""The throw-away authority: what is there is used again, keys are private."""

import ssl
from pathlib import Path

from callbot.emulator.identity.certificates import CertificateAuthority
from callbot.emulator.identity.signing import SigningKey


def test_certificates_and_keys_are_used_again(tmp_path: Path) -> None:
    first = CertificateAuthority(tmp_path)
    leaf = first.issue("bot").certificate.read_bytes()
    second = CertificateAuthority(tmp_path)
    assert second.issue("bot").certificate.read_bytes() == leaf
    key = SigningKey.load_or_create(tmp_path / "signing.key")
    assert SigningKey.load_or_create(tmp_path / "signing.key").kid == key.kid


def test_a_certificate_for_other_hosts_is_issued_anew(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    first = authority.issue("bot").certificate.read_bytes()
    assert authority.issue("bot", ["bot.test", "10.0.0.5"]).certificate.read_bytes() != first


def test_a_damaged_authority_is_replaced(tmp_path: Path) -> None:
    old = CertificateAuthority(tmp_path).ca_file.read_bytes()
    (tmp_path / "ca.key").write_text("nonsense")
    authority = CertificateAuthority(tmp_path)
    assert authority.ca_file.read_bytes() != old
    leaf = authority.issue("bot")
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    context.load_cert_chain(leaf.certificate, leaf.key)


def test_only_the_owner_may_read_keys(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    authority.issue("bot")
    SigningKey.load_or_create(tmp_path / "signing.key")
    keys = list(tmp_path.glob("*.key"))
    assert {path.name for path in keys} == {"ca.key", "bot.key", "signing.key"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in keys)
