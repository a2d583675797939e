"""What the processes of one bench run share: a key that signs, a certificate, tokens, settings.

It is a folder, so that every process reads the same. Certificates and keys are made by the emulator's
modules; nothing else of the emulator takes part.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from callbot.emulator.identity.certificates import CertificateAuthority
from callbot.emulator.identity.signing import KeyRing, SigningKey
from callbot.settings import Settings

APP_ID = "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33"
ISSUER = "https://api.botframework.com"
CALLBACK_PATH = "/api/calls"
TENANTS: Sequence[str] = tuple(f"7d1b6f0e-0f3b-4f0a-8a53-5a6e5d3c{number:04x}" for number in range(20))
"""The platform signs a token per bot and tenant and uses it for minutes: so many are in use at a time."""

_LIFETIME = 4 * 3600  # the platform's live five minutes; one bench run should not outlive its tokens


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder of one run, and the port of its platform (0 while there is none)."""

    folder: Path
    platform: int = 0

    @classmethod
    def build(cls, folder: Path) -> Self:
        """Make everything in an empty folder."""
        authority = CertificateAuthority(folder / "tls")
        authority.issue("platform")
        ring = KeyRing(SigningKey.load_or_create(folder / "signing.pem"))
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": APP_ID, "iat": now, "nbf": now - 60, "exp": now + _LIFETIME}
        tokens = [ring.sign({**claims, "tid": tenant}) for tenant in TENANTS]
        (folder / "tokens.json").write_text(json.dumps(tokens), encoding="ascii")
        (folder / "keys.json").write_text(json.dumps(ring.key_set()), encoding="ascii")
        return cls(folder)

    @property
    def tokens(self) -> list[str]:
        """A token of the platform for each tenant."""
        found: list[str] = json.loads((self.folder / "tokens.json").read_text(encoding="ascii"))
        return found

    @property
    def key_set(self) -> dict[str, object]:
        """The keys that verify them, as a JSON Web Key Set."""
        found: dict[str, object] = json.loads((self.folder / "keys.json").read_text(encoding="ascii"))
        return found

    @property
    def ca_file(self) -> Path:
        """What a client of the platform has to trust."""
        return self.folder / "tls" / "ca.pem"

    @property
    def certificate(self) -> Path:
        """The platform's certificate."""
        return self.folder / "tls" / "platform.pem"

    @property
    def certificate_key(self) -> Path:
        """The key of the platform's certificate."""
        return self.folder / "tls" / "platform.key"

    @property
    def root(self) -> str:
        """Where the platform is: login, keys and Graph in one."""
        return f"https://localhost:{self.platform}"

    def settings(self, **more: object) -> Settings:
        """Return the settings of the measured bot: the defaults, but for the addresses."""
        values: dict[str, object] = {
            "app_id": APP_ID,
            "tenant_id": TENANTS[0],
            "client_secret": "of-the-bench",
            "callback_url": f"https://bot.example.com{CALLBACK_PATH}",
            "host": "127.0.0.1",
            "port": 0,
            "authority": self.root,
            "graph_root": self.root,
            "metadata_url": f"{self.root}/keys",
            "ca_file": self.ca_file,
            "store": "memory://",
        }
        return Settings(**(values | more))
